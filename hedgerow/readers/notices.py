"""Notices of web pages, which are no sentences of an article: cookies, payment, errors, checks for robots."""

from __future__ import annotations

import re

_LONG_BLOCK = 80  # words; a longer paragraph is prose, whatever is in it
_LONG_TEXT = 2000  # characters of such a paragraph, if it is one word
_ERROR_PAGE = 120  # words that a page of an error, or of a check for robots, has at most
# Sentences, or words, outside notices: with as many, a page is an article that mentions an error.
_ERROR_SENTENCES = 2
_ERROR_WORDS = 20
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s|\Z)")
_CONSENT_PAGE = 400  # words that a page of a consent dialogue has at most
_CONSENT_SHARE = 0.04  # of the words of such a page

_COOKIES = r"""(?:we|this\ (?:web)?site|our\ (?:web)?site)\b[^.!?]{0,60}\b(?:us(?:e|es|ing)|store|place
      |set)\b[^.!?]{0,60}\bcookies
    | \bby\ (?:clicking|continuing|using|pressing|tapping|selecting|choosing)\b[^.!?]{0,80}
      \b(?:you\ (?:agree|accept|consent|acknowledge)|accept|agree|consent)\b
    | \bwe\ (?:value|respect|care\ about)\ your\ privacy | \byour\ privacy\ (?:choices|matters|settings)
    | \b(?:manage|change|withdraw|update|set)\ your\ (?:(?:cookie|privacy|consent)\ )?(?:preferences|consent|choices)
    | \byou\ may\ change\ your\ mind\ at\ any\ time | \b(?:accept|reject|allow|decline)\ (?:all\ )?(?:the\ )?cookies
    | \bcookies?\ (?:policy|settings|preferences|notice)\b | \bwe\ and\ our\ (?:[\d,]+\ )?(?:trusted\ )?partners
    | \bcookies\ (?:help\ us|are\ used\ to|to\ (?:improve|personali[sz]e|ensure))"""
_PAYMENT = r"""\b(?:subscribe|sign\ (?:up|in)|log\ ?in|register|join)\b[^.!?]{0,50}
      \bto\ (?:continue|keep|read\b|unlock|finish|view|access|see\ the\ (?:full|rest))
    | \balready\ (?:a|an)\ (?:\w+\ )?(?:subscriber|member|have\ an\ account) | \balready\ (?:subscribed|registered)\b
    | \bto\ (?:continue|keep)\ reading\b[^.!?]{0,60}\b(?:subscri|sign|log|register|account|free\ trial)
    | \b(?:this|the)\ (?:article|story|content|page)\ is\ (?:\w+\ )?(?:exclusive(?:ly)?\ )?
      (?:for|available\ to|reserved\ for|limited\ to|exclusive\ to)\ (?:\w+\ )?(?:subscribers|members|registered)
    | \b(?:you\ have|you['’]ve)\ (?:reached|read|used|hit|got|only|\d+)\b[^.!?]{0,50}\b(?:free|articles?)\b
    | \bstart\ your\ (?:free\ )?(?:trial|subscription) | \b(?:unlock|get)\ (?:this\ article
      |unlimited\ (?:digital\ )?access)
    | \b(?:subscribe|subscription)\ (?:now|today|from|for\ (?:only|just|as)|required|offers?)\b
      | \bsubscribers?[- ]only\b
    | \bforg[eo]t(?:ten)?\ your\ password | \bbecome\ a\ (?:member|subscriber)\b
      | \bnot\ (?:yet\ )?a\ (?:subscriber|member)\b
    | \b(?:get|enjoy|have)\ (?:full|unlimited|all)\b[^.!?]{0,30}\baccess\b | \A(?:please\ )?continue\ reading\b
    | \b(?:create|register\ for)\ (?:a|an|your)\ (?:free\ )?account | \b(?:read|see)\ the\ (?:full|rest\ of\ the
      |whole)\ (?:story|article)
    | \b(?:fund|support)\ (?:independent|quality|local|our)\ journalism | \A(?:want|like)\ to\ read\ (?:more|on)\b
    | \bread\ the\ rest\ of\ (?:this|the)\ (?:story|article)
    | \bad\ ?-?block(?:er|ing)?s?\b[^.!?]{0,60}\b(?:disabl|turn|off|pause|detected|whitelist|allow)
    | \b(?:using|detected|disable|turn\ off|pause)\b[^.!?]{0,30}\bad\ ?-?block"""
_SIGN_UP = r"""\bsign\ up\b[^.!?]{0,60}\b(?:newsletter|e?-?mails?|alerts|updates|inbox|briefing)
    | \bsubscribe\ to\ (?:our|the)\b[^.!?]{0,60}\b(?:newsletter|channel|podcast|updates|feed)
    | \bget\b[^.!?]{0,60}\b(?:delivered|straight|sent)\b[^.!?]{0,20}\binbox
    | \b(?:thank\ you|thanks)\ for\ (?:signing\ up|subscribing) | \Afollow\ us\ on\b | \Ashare\ (?:this|on|via)\b"""
_RIGHTS = r"""\A(?:©|\(c\)\s|copyright\b)[^.]*\d{4} | \ball\ rights\ reserved\b | \A(?:advertisement
      |sponsored\ content)\W*\Z
    | \A(?:read|see)\ (?:more|also|next)\b(?=:|\W*\Z) | \Arelated(?:\ (?:articles|stories|topics|content))?\W*\Z
    | \Askip\ to\ (?:main\ )?content | \A(?:most\ (?:read|popular)|trending(?:\ now)?|recommended(?:\ for\ you)?
      |comments)\W*\Z
    | \A\d*\ ?(?:min(?:ute)?s?)\ read\W*\Z | \Aprint\ this\ (?:page|article)\W*\Z | \Ascroll\ to\ continue
    | \A(?:the\ )?(?:article|story|content)\ continues\b[^.!?]{0,30}\W*\Z"""
_SCRIPTS = r"""\b(?:enable|turn\ on|activate|requires?|without|needs?|allow|supports?)\ (?:\w+\ ){0,2}java\ ?script
    | \bjava\ ?script\ (?:\w+\ ){0,4}(?:disabled|required|enabled|turned\ off|not\ available|blocked)
    | \b(?:enable|turn\ on)\ cookies | \b(?:update|upgrade)\ your\ browser | \byour\ browser\ is\ (?:not\ supported
      |out\ of\ date)"""
_ROBOT = r"""\bare\ you\ (?:a\ )?(?:robot|human|bot)\b | \b(?:not|are)\ a\ robot\b | \b(?:verify|confirm
      |prove)\b[^.!?]{0,40}\bhuman\b
    | \bunusual\ (?:traffic|activity)\ from\ your | \bchecking\ (?:if|your\ (?:browser|connection)) | \bcaptcha\b
    | \bjust\ a\ moment\b | \battention\ required\b | \bddos\ protection | \bautomated\ (?:requests|access|traffic)
    | \bsecurity\ (?:check|verification)\b | \bpress\ (?:and|&)\ hold\b"""
_AGE = r"""\b(?:legal\ drinking|legal|minimum)\ age\b[^.!?]{0,30}\b(?:enter|view|visit|access)
    | \b(?:verify|confirm|enter)\ your\ (?:age|date\ of\ birth) | \bage\ verification | \bare\ you\ (?:over
      |at\ least)\ (?:18|21)\b"""
_ERROR = r"""\A\W*(?:error\W{0,3})?(?:40[0-9]|410|429|451|50[0-4])\b(?!\ (?:people|homes|jobs|years|men|women
      |million))
    | \b(?:http|error|status)\W{0,3}(?:code\W{0,3})?(?:4\d\d|50\d)\b
    | \b(?:page|file|article|story|url|link|content|document|site)\b[^.!?]{0,50}(?:(?:\bnot|n['’]t
      |\bcannot)\ (?:be\ )?(?:found|available|exist|find)
      | \bno\ longer\ (?:exists?|available|here)|\b(?:has\ been|was)\ (?:moved|removed|deleted)|\bunavailable)
    | \b(?:can['’]?t|can\ ?not|could\ ?n[o'’]t|could\ not|unable\ to)\ find\ (?:the|that|this
      |what)\b[^.!?]{0,30}\b(?:page|looking)
    | \A\W*(?:not\ found|access\ (?:is\ )?denied|forbidden|unauthori[sz]ed|service\ (?:temporarily\ )?unavailable
      |bad\ (?:gateway|request)|(?:internal\ )?server\ error|gateway\ time-?out|too\ many\ requests
      |site\ under\ maintenance)\b
    | \byou\ (?:do\ not|don['’]t)\ have\ permission\ to\ (?:access|view) | \bsomething\ went\ wrong\b | \b(?:down
      |closed)\ for\ maintenance
    | \bnot\ available\ in\ your\ (?:country|region|location) | \bunavailable\ (?:in|for\ legal)
    | \b(?:0|no)\ results\ (?:for|found|were) | \bnothing\ (?:was\ |could\ be\ )?found\b | \b(?:account
      |site)\b[^.!?]{0,20}\bsuspended
    | \b(?:0|no)\ results\ (?:for|found|were) | \bnot\ redirected\b | \bbeing\ redirected\b
      | \bdomain\ (?:name\ )?(?:is|may\ be)\ for\ sale"""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I | re.X)


_CONSENT_NOTICE = _compiled(_COOKIES)
_BLOCK_NOTICES = {
    "a cookie notice": _CONSENT_NOTICE,
    "a notice to subscribe or log in": _compiled(_PAYMENT + "|" + _SIGN_UP),
    "a notice to enable JavaScript": _compiled(_SCRIPTS),
    "a notice of copyright or a menu": _compiled(_RIGHTS),
}
_PAGE_NOTICES = {
    "a notice to enable JavaScript": _compiled(_SCRIPTS),
    "a check for robots": _compiled(_ROBOT),
    "a check of age": _compiled(_AGE),
    "the page of an error": _compiled(_ERROR),
}
_CONSENT_WORD = re.compile(r"\b(?:cookies?|consent|privacy|personal data|partners|vendors|preferences|GDPR)\b", re.I)


def page_notice(heads: list[str], blocks: list[str]) -> str | None:
    """Return the kind of notice that a page with these blocks of text consists of, or None.

    A short page is one if one of its `heads` is, or if one of its blocks is and the others hold little prose.
    """
    words = sum(len(block.split()) for block in blocks)
    if words <= _ERROR_PAGE:
        kinds = [kind for text in heads if (kind := _error_notice(text)) is not None]
        found = [kind for text in blocks if (kind := _error_notice(text)) is not None]
        others = [text for text in without_notices(blocks) if _error_notice(text) is None]
        if kinds or (found and _holds_little(others)):
            return next(kind for kind in _PAGE_NOTICES if kind in (*kinds, *found))
    if words <= _CONSENT_PAGE and any(not _is_prose(text) and _CONSENT_NOTICE.search(text) for text in blocks):
        kept = " ".join(without_notices(blocks))
        if len(_CONSENT_WORD.findall(kept)) >= _CONSENT_SHARE * len(kept.split()):
            return "a cookie notice"
    return None


def _holds_little(blocks: list[str]) -> bool:
    """Return whether the blocks hold less prose than an article."""
    sentences = {text: len(_SENTENCE_END.findall(text)) for text in blocks}
    words = sum(len(text.split()) for text, ends in sentences.items() if ends)
    return sum(sentences.values()) < _ERROR_SENTENCES and words < _ERROR_WORDS


def _error_notice(text: str) -> str | None:
    """Return the kind of page that a text alone would be the notice of, or None."""
    if _is_prose(text):
        return None
    return next((kind for kind, pattern in _PAGE_NOTICES.items() if pattern.search(text)), None)


def _is_prose(block: str) -> bool:
    return len(block) > _LONG_TEXT or len(block.split()) > _LONG_BLOCK


def without_notices(blocks: list[str]) -> list[str]:
    """Return the blocks that are no notice."""
    return [block for block in blocks if block_notice(block) is None]


def block_notice(block: str) -> str | None:
    """Return the kind of notice that a block of text is, or None."""
    if _is_prose(block):
        return None
    return next((kind for kind, pattern in _BLOCK_NOTICES.items() if pattern.search(block)), None)
