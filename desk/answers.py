"""What a unit says of an item: on its own page, or on paper, which the office enters."""

from core.domain.errors import UsageError
from core.domain.models import Evidence, Objection
from core.storage.attachments import keep_files
from core.storage.session import Session
from desk.access import Asked
from desk.questions import mark_answered
from desk.uploads import laid_out
from reporting import wording
from review.objections import add_objections, objection_to

KIND_OF = {word: kind for kind, word in wording.ANSWERS.items()}


def keep_answer(request: Asked, session: Session, evidence: Evidence) -> tuple[Objection, bool]:
    """Keep what a form says for the item's unit, with its files; whether it is new: what was said before, word for
    word, is kept once.

    Files are kept with an objection alone. UsageError where nothing is chosen, or `objection_to` refuses it.
    """
    kind = KIND_OF.get(request.POST.get("word", ""))
    if kind is None:
        raise UsageError(f"先选：{'、'.join(KIND_OF)}")
    text, now, files = request.POST.get("text", ""), session.now(), request.FILES.getlist("file")
    papers: tuple[tuple[str, str], ...] = ()
    said = objection_to(session.config, evidence, evidence.unit, text, (), now, kind)  # refused before a file is kept
    if files and kind == "objection":
        with laid_out(files) as paths:
            papers = keep_files(session.store, session.paths, paths, now)
        said = objection_to(session.config, evidence, evidence.unit, text, papers, now, kind)
    new = add_objections(session, [said], None)
    mark_answered(evidence, said, now)
    return said, bool(new)
