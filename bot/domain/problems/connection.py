"""The connection: its sign-in, and what the login may do."""

from bot.domain.problems.entries import Entry, Fix, Mover, ProblemCode

CONNECTION: dict[ProblemCode, Entry] = {
    ProblemCode.PERMISSION_MISSING: Entry(
        title="The connection lacks a right in {ledger}",
        explanation="The {ledger} login that connected this ({login}) may not {deed}.",
        remedy="Reconnect as somebody with {role}, or have it changed in {ledger}: when {ledger} says so, it goes out by itself. Retry tries "
        "it at once.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT, Fix.RETRY),
        is_looked_after=True,
    ),
    ProblemCode.RECONNECT_NEEDED: Entry(
        title="The connection to {ledger} has ended",
        explanation="{ledger} no longer accepts our sign-in for {organisation}: it was withdrawn, or not used for too "
        "long. Items wait; nothing is lost.",
        remedy="An admin presses Reconnect and signs in to {ledger} again; the waiting items then go on by themselves.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.ACCESS_REMOVED: Entry(
        title="Somebody took our access away at {ledger}",
        explanation="In {ledger}, Dext was disconnected from {organisation}, or whoever connected it was removed there. "
        "Items wait; nothing is lost.",
        remedy="An admin presses Reconnect and signs in to {ledger} again; the waiting items then go on by themselves.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.SIGN_IN_LAPSES: Entry(
        title="The connection to {ledger} lapses {when}, on {lapses_on}",
        explanation="A sign-in at {ledger} has to be renewed from time to time, and for long that did not work. On "
        "{lapses_on} {ledger} forgets it; until then everything goes on as usual.",
        remedy="An admin presses Reconnect and signs in to {ledger} again. If a renewal works before, this is over by "
        "itself.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.SIGN_IN_LAPSED: Entry(
        title="The connection to {ledger} has probably lapsed",
        explanation="{ledger} forgets a sign-in that is not renewed for {life}. Ours was renewed last on {renewed_on}, so "
        "it was good until {lapsed_on}. Whether it still is cannot be asked: {ledger} does not answer at the moment. Items "
        "wait; nothing is lost.",
        remedy="An admin presses Reconnect and signs in to {ledger} again, as soon as {ledger} answers. If it takes the old "
        "sign-in after all, this is over by itself.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.SIGN_IN_ALTERED: Entry(
        title="The stored sign-in for {ledger} cannot be read",
        explanation="What Dext keeps of the sign-in at {ledger} was altered or damaged where it is stored, so it is not used "
        "any more. Items wait; nothing is lost.",
        remedy="An admin presses Reconnect and signs in to {ledger} again; the waiting items then go on by themselves. "
        "Whoever runs Dext should find out who could write to its database.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
}
