"""The register in chat: what staff say to it, and the friendly word to everybody else."""

from collections.abc import Callable, Mapping

from handlers.conversation import Conversation, Outcome, Reply
from handlers.registering import adding, admitting, changing, looking, noting
from handlers.registering.commands import Act, Command, has_form, is_clear, is_question, read_command
from handlers.registering.notes import Notes, recall, remember
from knowledge.vocabulary import Standing, Status
from storage import messages, staff
from storage.staff import Staff

NAME = "studios"


def wants(talk: Conversation) -> bool:
    """Whether the message is a staff word of somebody who may say it, or one that must be refused."""
    command, notes = read_command(talk.message.text), recall(talk)
    if command is None:
        return notes.is_entering and _is_answer(talk, notes) and _who(talk) is not None
    if command.act is Act.CODE:
        return has_form(command)
    who = _who(talk)
    if who is None:
        return is_clear(command)
    if command.act is Act.MORE:
        return _is_last(talk, notes.shown_by)
    if command.act is Act.LOOK and (not has_form(command) or "的" in command.rest):
        return looking.has_any(talk, who, command.rest)  # 查王建国, but not 查焦作的领衔人
    return has_form(command)


def reply(talk: Conversation) -> Outcome:
    """Carry out a staff word, take an answer, or refuse."""
    command, notes, who = read_command(talk.message.text), recall(talk), _who(talk)
    if command and command.act is Act.CODE:
        return remember(talk, admitting.use_code(talk, who, command.rest))
    if command and command.act is Act.RIGHTS:
        return remember(talk, admitting.rights(talk, who))
    if who is None:
        return remember(talk, admitting.refuse(talk, command.act if command else Act.ADD))
    if command is None:
        return remember(talk, *adding.go_on(talk, who, notes))
    told, kept = _ACTS[command.act](talk, who, command, notes)
    return remember(talk, told, kept if command.act is Act.ADD else (kept or Notes()).beside(notes))


def _who(talk: Conversation) -> Staff | None:
    return staff.of_contact(talk.session, talk.contact)


def _is_answer(talk: Conversation, notes: Notes) -> bool:
    text = talk.message.text
    return not is_question(text) and adding.is_answer(text, notes, _is_last(talk, notes.asked_by))


def _is_last(talk: Conversation, message: str) -> bool:
    """Whether the last reply was to this message; after anything else a bare word is not meant for it."""
    last = messages.history(talk.session, talk.contact, 1)
    return bool(last) and last[0].message_id == message


Done = tuple[Reply, Notes | None]


def _look(talk: Conversation, who: Staff, command: Command, notes: Notes) -> Done:
    return looking.look(talk, who, command.rest)


def _more(talk: Conversation, who: Staff, command: Command, notes: Notes) -> Done:
    return looking.look(talk, who, notes.words, notes.after, notes.shown)


def _add(talk: Conversation, who: Staff, command: Command, notes: Notes) -> Done:
    return adding.begin(talk, who, command.rest, notes)


def _only(act: Callable[[Conversation, Staff, str], Reply]) -> Callable[[Conversation, Staff, Command, Notes], Done]:
    return lambda talk, who, command, notes: (act(talk, who, command.rest), None)


_ACTS: Mapping[Act, Callable[[Conversation, Staff, Command, Notes], Done]] = {
    Act.LOOK: _look,
    Act.MORE: _more,
    Act.ADD: _add,
    Act.CHANGE: _only(changing.change),
    Act.SUSPEND: _only(lambda talk, who, rest: changing.stand(talk, who, rest, Standing.SUSPENDED)),
    Act.RESUME: _only(lambda talk, who, rest: changing.stand(talk, who, rest, Standing.GOOD)),
    Act.FILE: _only(noting.file),
    Act.UNFILE: _only(noting.unfile),
    Act.GRADE: _only(noting.grade),
    Act.EXPORT: _only(lambda talk, who, rest: looking.summary(talk, who)),
    Act.HELP: _only(lambda talk, who, rest: Reply(admitting.HELP, Status.HELP)),
}
