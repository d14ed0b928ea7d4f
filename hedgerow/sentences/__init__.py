"""Split a text into sentences with offsets.

nupunkt finds the boundaries (Bommarito, Katz & Bommarito 2025, after Punkt, Kiss & Strunk 2006). Rules of our own
correct its errors in news, notes, chat and transcripts.

What a sentence is here:

- **Paragraphs.** A blank line always ends a sentence: a headline, or a paragraph without a full stop, is a sentence of
  its own. With `lines=True` every line is a paragraph. Without it a single line break is white space, unless the text
  shows otherwise: the next line starts with a list mark ("- ", "• ", "2. ", "iv) ") or the label of a speaker, or the
  line is a heading (a title, in capitals or in the case of titles, or with a Markdown mark, or a line much shorter
  than those after it). Lines of a text that is wrapped at some width are never headings. LF, CR, CR LF, U+0085 and
  U+2028 end lines; U+2029 ends paragraphs; U+FEFF is white space.
- **Quotations.** A sentence ends inside quotation marks too: “It is over. We lost,” he said. is two sentences, the
  first “It is over. and the second We lost,” he said. A closing mark or bracket stays with what it closes, in every
  style („A“, »A«, «A», ‘A’). A reporting clause after a question or an exclamation belongs to it: “Really?” he asked.
  and “Really?”, he asked. and “Really?” Mr. Vell asked. are one sentence each.
- **Notes, tags and emoji** after a full stop belong to the sentence before: "[3]", "[^1]", "¹", "[citation needed]",
  "{{cn}}", "🎉".
- **Abbreviations** and initials before names end no sentence ("G.B.J. Farrow"), but "He voted no." and "at the U.N." do
  before a word that starts sentences. List marks ("ii.") belong to what follows.
- **Chat and speech.** In a paragraph without capitals a full stop ends a sentence also before a lower-case word. Where
  no space follows it ("over.We"), it does before a capital, but not within names of files and sites.
- **Speakers.** A label ("ANNA:", "Q:", "[00:01:02] Anna:", "<bob>") is part of its sentence; `label_end` says where it
  ends, and `speaker` who speaks, also for the next sentences of the paragraph. See `turns` for what counts as one.
- Spans are code points, end exclusive, in order, without overlap, without white space at either end. Only white space
  is between them, so that nothing of a text is lost but white space.
- A sentence longer than MAX_SENTENCE characters (a table, a word list) is cut at white space, to bound the memory.
"""

from hedgerow.sentences.masks import find_tags
from hedgerow.sentences.splitting import BUFFER_SIZE, MAX_SENTENCE, Sentence, split, stream

__all__ = ["BUFFER_SIZE", "MAX_SENTENCE", "Sentence", "find_tags", "split", "stream"]
