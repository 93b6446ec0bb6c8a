"""The laws, asked of the tables themselves by statements of this file's own, and compared with the model.

None is taken from a `verify.sql`, and where one asks a function of the ledger it is to judge its answer.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.laws.simulator.oracle.books import Books
from tests.laws.simulator.world import World

# law: the query answers the rows that break it.
LAWS = {
    "1: a transfer is of one currency, its posting's, and of one merchant": """
        select t.posting_id from ledger_transfer t join ledger_posting p on p.id = t.posting_id
        join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
        where not (d.currency = c.currency and c.currency = p.currency and p.merchant_id = t.merchant_id
                   and t.amount_minor > 0 and d.id <> c.id)""",
    "2: replayed from zero, guarded balances are what they say": """
        select a.id, a.balance_minor from ledger_account a where a.guarded and a.balance_minor <>
          (select coalesce(sum(amount_minor), 0) from ledger_transfer where credit_id = a.id)
          - (select coalesce(sum(amount_minor), 0) from ledger_transfer where debit_id = a.id)""",
    "2: rollup and tail are the fold": """
        select a.id from ledger_account a left join ledger_rollup r on r.account_id = a.id, ledger_horizon h
        where not a.guarded and coalesce(r.balance_minor, 0) <>
          (select coalesce(sum(amount_minor), 0) from ledger_transfer t
           where t.credit_id = a.id and xid < h.xid)
          - (select coalesce(sum(amount_minor), 0) from ledger_transfer t
             where t.debit_id = a.id and xid < h.xid)""",
    "2: the balance that is answered for an account that is not guarded is the fold": """
        select a.id from ledger_account a where not a.guarded and ledger.balance(a.merchant_id, a.id) <>
          (select coalesce(sum(amount_minor), 0) from ledger_transfer where credit_id = a.id)
          - (select coalesce(sum(amount_minor), 0) from ledger_transfer where debit_id = a.id)""",
    "3: held is between nothing and the balance, and is the sum of the live holds": """
        select a.id from ledger_account a where a.guarded and not (
          a.held_minor between 0 and a.balance_minor and a.held_minor = (
            select coalesce(sum(amount_minor - captured_minor), 0) from ledger_hold
            where account_id = a.id and state = 'live'))""",
    "5: one cause, one posting": """
        select cause from ledger_posting group by merchant_id, cause having count(*) <> 1""",
    "6: refunds are at most what was captured": """
        select r.id from redemption_redemption r where r.amount_minor <
          (select coalesce(sum(amount_minor), 0) from redemption_refund
           where redemption_id = r.id and reversed_at is null)""",
    "6: a posting is reversed at most once": """
        select of_id from ledger_posting where kind = 'reversal' group by of_id having count(*) > 1""",
    "7: nothing that was given away becomes payable": """
        select t.posting_id from ledger_transfer t
        join ledger_account c on c.id = t.credit_id and c.kind = 'pending'
        join ledger_account d on d.id = t.debit_id and d.kind = 'card'
        join cards_card k on k.account_id = d.id join catalog_program g on g.id = k.program_id
        where g.funding = 'promo'""",
    "7: nothing is spendable or has a code before it is paid": """
        select c.id from cards_card c join ledger_account a on a.id = c.account_id
        where c.status = 'pending' and (a.balance_minor <> 0 or c.code_hash is not null)""",
    "8: what can be paid out is never negative": """
        select id from ledger_account
        where kind in ('payable', 'reserve', 'in_transit') and balance_minor < 0""",
    "10: assets less liabilities are income less expense": """
        select currency, sum(amount) from (
          select c.currency, t.amount_minor as amount
          from ledger_transfer t join ledger_account c on c.id = t.credit_id
          union all
          select d.currency, -t.amount_minor
          from ledger_transfer t join ledger_account d on d.id = t.debit_id) s
        group by currency having sum(amount) <> 0""",
    "12: a closed card has nothing and holds nothing": """
        select c.id from cards_card c join ledger_account a on a.id = c.account_id
        where c.status = 'closed' and (a.balance_minor <> 0 or a.held_minor <> 0
          or exists (select from ledger_hold h where h.account_id = a.id and h.state = 'live'))""",
    "14: a transfer is of its merchant's accounts and the platform's": """
        select t.posting_id from ledger_transfer t join ledger_account a on a.id in (t.debit_id, t.credit_id)
        where a.merchant_id not in (t.merchant_id, '00000000-0000-0000-0000-000000000000')""",
}
_FOLD = """
select a.merchant_id, a.kind, a.currency, a.subject, sum(side.amount)
from (select debit_id as account_id, -amount_minor as amount from ledger_transfer
      union all select credit_id, amount_minor from ledger_transfer) side
join ledger_account a on a.id = side.account_id group by 1, 2, 3, 4"""


def check_cards(world: World, books: Books, cards: Iterable[int]) -> None:
    """The inline figures of these cards are the model's."""
    accounts = {world.accounts[card]: card for card in cards if card in world.accounts}
    if not accounts:
        return
    rows = world.admin.execute(
        "select id, balance_minor, held_minor from ledger_account where id = any(%s)", [list(accounts)]
    )
    for account, balance, held in rows:
        card = accounts[account]
        standing = sum(hold.left for hold in books.on_card[card] if hold.state == "live")
        assert (balance, held) == (books.balance(card), standing), f"law 2 and 3: card {card}"
        assert 0 <= held <= balance, f"law 3: card {card}"


def check_all(world: World, books: Books) -> None:
    """Every law over the whole database, and every figure against the model."""
    for law, sql in LAWS.items():
        assert world.admin.execute(sql).fetchall() == [], f"law {law}"
    assert _folded(world) == _meant(world, books), "laws 2, 9, 11: each account has what the model says"
    (legs,) = world.admin.execute("select count(*) from ledger_transfer").fetchone() or (0,)
    assert legs == books.legs, "law 5: each effect has its transfers once"
    assert _told(world, books) == +books.events, "law 13: told if and only if it happened"
    assert _refused(world, books) == +books.refused, "each refusal is written down"
    _check_states(world, books)


def _folded(world: World) -> dict[str, int]:
    """Every account's fold by the model's names, those at zero left out."""
    merchants = {ground.id: number for number, ground in enumerate(world.grounds)}
    numbers = {str(card_id): handle for handle, card_id in world.ids.items() if handle.startswith("card:")}
    found: Counter[str] = Counter()
    for merchant_id, kind, currency, subject, total in world.admin.execute(_FOLD):
        if kind == "card":
            known = numbers.get(subject)
            name = known.replace(":", "/") if known else f"{merchants[merchant_id]}/unheard of"
        elif merchant_id in merchants:
            name = f"{merchants[merchant_id]}/{kind}"
        else:
            name = f"{kind}/{currency}"
        found[name] += int(total)
    return {name: total for name, total in found.items() if total}


def _meant(world: World, books: Books) -> dict[str, int]:
    """The same of the model. Cards of which no client has heard, since the answer was lost, are one sum."""
    meant: Counter[str] = Counter()
    for name, total in books.accounts.items():
        kind, _, number = name.partition("/")
        unheard = kind == "card" and f"card:{number}" not in world.ids
        meant[f"{books.cards[int(number)].merchant}/unheard of" if unheard else name] += total
    return {name: total for name, total in meant.items() if total}


def _told(world: World, books: Books) -> Counter[tuple[int, str]]:
    merchants = {ground.id: number for number, ground in enumerate(world.grounds)}
    types = sorted({event for _, event in books.events})
    rows = world.admin.execute(
        "select merchant_id, type, count(*) from events_event where type = any(%s) group by 1, 2", [types]
    )
    return Counter({(merchants[merchant], kind): count for merchant, kind, count in rows})


def _refused(world: World, books: Books) -> Counter[tuple[int, str, str]]:
    merchants = {ground.id: number for number, ground in enumerate(world.grounds)}
    actions = sorted({action for _, action, _ in books.refused})
    rows = world.admin.execute(
        "select merchant_id, action, reason, count(*) from audit_auditrow"
        " where outcome = 'refused' and action = any(%s) and reason <> 'idempotency_key_in_use'"
        " group by 1, 2, 3",
        [actions],
    )
    return Counter({(merchants[merchant], *what): count for merchant, *what, count in rows})  # type: ignore[misc]


def _check_states(world: World, books: Books) -> None:
    rows: dict[Any, tuple[Any, ...]] = {
        row[0]: row[1:] for row in world.admin.execute("select id, status, expires_at from cards_card")
    }
    for handle, card_id in world.ids.items():
        if handle.startswith("card:"):
            facts = books.cards[int(handle.partition(":")[2])]
            assert rows[card_id] == (facts.status, facts.expires_at), f"law 12: {handle}"
