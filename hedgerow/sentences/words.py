"""Word lists of the splitter: abbreviations, words that start sentences, words that look like domains."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Titles and other abbreviations before a name or number; nupunkt's own list lacks some of these.
TITLES = _set(
    """adm amb atty brig capt cdr cmdr col cpl det dr fr gen gov hon insp lt ltc maj messrs mr mrs ms mx msgr no nos ofc
    pfc pres prof pte pvt rep reps rev rt sec sen sens sgt sr st supt vs"""
)
# Other abbreviations. The word before a full stop is looked up here before a sentence is ended that nupunkt runs on,
# because nupunkt's list also has many ordinary words (thanks, call, bank).
ABBREVIATIONS = TITLES | _set(
    """abbr al approx apr apt arr art assn assoc asst aug ave bldg blvd bros ca calif cap cf ch chap cia cie co colo
    comm conn corp ct cu dec dept depts dev diff dist div doc ed eds eg esp esq est etc eq eqn eqs ex exec ext feb
    fed ff fig figs fla fn ft fwd govt govts hosp hr hrs ibid ie illus inc incl ind inst int intl jan jr jul jun lb
    lbs llc ltd mar mass max mfg mgr mi mich min minn mins misc miss mo mon mont mt mts natl nov obs oct okla orig oz
    para paras penn pg pkg pl plc pop pp prev prov pt pts pub qtr qty rd ref refs reg repr resp rs rte sci secs sep
    sept ser sess soc spec sq stat stats std subsec sun suppl tech tel temp tenn tex thur thurs trans treas tue tues
    univ var ver viz vol vols wash wed wis wk wks yd yds yr yrs"""
)
# Abbreviations that are ordinary words too, if they are in lower case: "a work of art."
ORDINARY_WORDS = _set("art col dev doc ill mar mass max may min miss no pop rep sat sun tech temp wash wed")
# After "St." and "No.", and after "Yahoo!", these words start a sentence: no street, saint or number has such a name.
OPENERS = _set(
    """a after all although an and another any anyone as at because before both but by despite during each either even
    every everybody everyone everything few finally for four from he hence her here hers his how however i if in
    indeed instead it its later many maybe meanwhile moreover my neither nevertheless no nobody nor not nothing now
    of on once one only or our others perhaps several she since so some somebody someone something soon still such
    that the their them then there therefore these they this those though three thus to today tomorrow two under
    unless until we what when where whether which while who whose why with without yes yesterday yet you your"""
)
# These start sentences also after a single letter ("vitamin C. It may help"): nobody is called J. It.
SURE_OPENERS = _set(
    """after although and another as at because before but by each every for from he his how however if in instead it
    its meanwhile my nobody not on once one our she since some such that the their then there these they this those
    though today we what when where which while who why with you your"""
)
# A lower-case text has these after a full stop; no abbreviation is followed by one of them in the midst of a sentence.
LOWER_OPENERS = _set("i im i'm i'll i've i'd he she they we it its it's that's there's he's she's they're we're you're")
# Acronyms that a sentence may end in, so that nupunkt decides; other letters with stops are a person's initials.
ACRONYMS = _set(
    """a.b a.d a.g a.i a.k.a a.m b.a b.b.c b.c b.c.e b.s c.e c.e.o c.i.a c.o.o d.a d.c d.e.a d.j d.n.a e.g e.p.a e.u
    f.b.i f.d.a h.i.v h.q i.d i.e i.m.f i.q i.r.s j.d l.a l.l.b l.l.c m.a m.b.a m.d m.i.t m.p n.a.t.o n.b n.c n.f.l
    n.h.s n.j n.s.a n.y n.y.c n.y.u p.a p.c p.l.c p.m p.o p.r p.s q.c r.i r.n r.s.v.p s.a s.c s.e.c t.v u.a.e u.k u.n
    u.s u.s.a u.s.s.r v.p w.h.o w.v"""
)
# After these acronyms a sentence goes on, whatever follows.
RUNNING_ACRONYMS = _set("a.k.a e.g i.e n.b p.s r.s.v.p")
DETERMINERS = _set("a an any each every its my our no the their this that your")
PARTICLES = _set("al bin da de del della den der di du el la le ten ter van von")
# Names that end in an exclamation mark.
EXCLAIMED_NAMES = _set("jeopardy yahoo yum")
# The second part of a domain or file name, which follows a full stop without a space.
SUFFIXES = _set(
    """ai app asp au bat biz bmp ca cfg ch co com conf cpp cs css csv de dev dll doc docx edu epub eu exe fm fr gif gov
    gz htm html ie info ini io ipynb java jpeg jpg js json jsx log md me mil mobi mov mp net nl org pdf php png ppt
    pptx ps py rar rb rs rtf sh sql srt svg tar tex toml ts tsv tv txt uk us vtt wav xls xlsx xml yaml yml zip"""
)
SHORT_WORDS = _set("am as at be by do go he hi if in is it me my no of oh ok on or so to up us we")  # not abbreviated
# Words before a colon that no person is called.
NO_SPEAKERS = _set(
    """abstract address advice alert also analysis answer appendix april as attention august author background blog
    books breaking briefing brief budget bulletin buy caption category caution caveat cc chapter circa comment
    comments conclusion conclusions contact contents continue correction cost courses credit data date dates day
    deadline december definition description details director disclaimer discussion doi duration editor edition email
    episode error et event example examples exclusive experts explained explainer explanation fact facts fax february
    fact-check figure file files film findings first focus footnote for forecast format friday from game genre goal
    guide headline headlines help here hint history how however hypothesis image important in info information
    ingredients inside instructions interview introduction isbn issue item january july june keywords language last
    latest length level link links list live loading local location map march max may media meeting memo message
    method methods min minutes mission monday more motto movie music name network new news next note notes notice
    november objective obituary objectives october officials on opinion option options order organizer other overview
    page part parts password phone photo photos picture place podcast police poll position posted price probe problem
    product profile progress promise ps publisher purpose quote quotes ranking rating re reason recap recipe
    reference references related release reminder report reports requirements research result results review reviews
    risk rule saturday schedule score scores second section see sent september series share shop size so solution
    solutions source sources special sport sports stage statement status step story study subject subtitle summary
    sunday survey table tags task temperature then theory thursday time timeline times tip tips title titles to today
    tomorrow topic topics total travel tuesday tv type update updated updates url usage venue verdict version video
    videos view volume warning watch weather web website wednesday week what when where which who why winner winners
    world year yesterday yes no todo fixme nb eg ie question questions answers goals key keys value values default
    actual advantages age allergies amenities assessment benefits born calories cast characters colour color comparison
    complaint condition cons con cook country cuisine demo dependencies departure diagnosis died difficulty directions
    disadvantages dislikes dosage downsides drawbacks education employment environment equipment ethnicity expected
    experience features format frequency gender hashtags headers height hobbies hours id impression indications
    industry input instruction interests languages likes limitations materials medications model moral nationality
    notable occupation output performance phase plot population prep preparation pro prognosis pros province
    quantity recommendation recommendations references religion returns salary serves servings setting severity side
    skills spec specs specifications status strengths supplies symptoms target threats tools translation treatment
    trivia upsides usage vitals warnings weaknesses weight yield yields said says asked replied added wrote follows
    following saying words noun verb adjective adverb http https mailto"""
)
# Places, whose names stand before a colon in reports and lists as often as those of persons.
PLACES = _set(
    """afghanistan algeria amsterdam ankara argentina athens atlanta australia austria baghdad bangkok barcelona
    beijing beirut belgium belgrade berlin bern birmingham boston brasilia brazil britain brussels bucharest budapest
    cairo california canada canberra chicago chile china cologne colombia copenhagen cuba dallas damascus
    delhi denmark denver detroit dubai dublin edinburgh egypt england ethiopia europe finland florida france frankfurt
    geneva germany glasgow greece hamburg hanoi havana hawaii helsinki houston hungary iceland india
    indonesia iran iraq ireland islamabad israel istanbul italy jakarta japan jerusalem johannesburg kabul kenya
    kiev korea kyiv lagos lebanon leeds libya lisbon liverpool london madrid malaysia manchester manila
    mecca melbourne mexico miami milan montreal morocco moscow mumbai munich nairobi naples netherlands
    nigeria norway oslo oxford pakistan paris peking perth peru philadelphia
    philippines poland portugal prague pretoria riga riyadh romania rome russia santiago scotland
    seattle seoul serbia shanghai singapore slovakia sofia spain stockholm sudan sweden
    switzerland sydney syria taipei taiwan tallinn tehran texas thailand tokyo toronto tripoli tunis turkey
    ukraine venice vienna vietnam vilnius wales warsaw washington wellington yemen
    zagreb zurich u.s. u.k. us uk eu"""
) | {
    *("cape town", "hong kong", "los angeles", "mexico city", "new delhi", "new york", "new zealand", "north korea"),
    *("san francisco", "south africa", "south korea", "tel aviv", "united kingdom", "united states"),
}
# Labels of speakers that are no names, also in lower case.
ROLES = _set(
    """ai analyst anchor announcer assistant bot caller customer doctor female guest host human interviewee interviewer
    judge male me moderator narrator nurse operator participant patient presenter reporter speaker student system
    teacher therapist user witness you"""
)
HTML_TAGS = _set(
    """a b body br center code dd div dl dt em font h1 h2 h3 h4 head hr html i img li ol p pre s small span strong sub
    sup table tbody td th tr tt u ul"""
)
# Words that titles write in lower case, and others that end no heading.
SMALL_WORDS = _set("a an and as at but by de for from in into is la nor of on or the to vs with")
NO_HEADING_WORDS = SMALL_WORDS | _set("are be has have her his its my no our said says that their was were your")
