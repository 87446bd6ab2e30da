"""Explanations: why a plan is as it is, what else could be, and how well the tables reproduce published figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.api.objects import Case, NoPlan, Run, order_of, request_of

if TYPE_CHECKING:
    from gwplan.analysis.alternatives.alternatives import Alternatives
    from gwplan.analysis.bottleneck.bottleneck import Bottleneck
    from gwplan.analysis.calibrate.calibrate import Calibration
    from gwplan.analysis.dispatch.whole_year import WholeYear
    from gwplan.analysis.downside import Downside
    from gwplan.analysis.explain.breakeven import Breakeven
    from gwplan.analysis.explain.explain import Explanation
    from gwplan.analysis.explain.holding import Holding
    from gwplan.analysis.explain.why_not import WhyNot
    from gwplan.analysis.explain.worth import Worths
    from gwplan.analysis.hedge.flexibility import FlexibilityWorth
    from gwplan.analysis.hedge.policy import Hedged
    from gwplan.analysis.hedge.rolling import Rolled
    from gwplan.analysis.levelised import Levelised
    from gwplan.analysis.reference import References
    from gwplan.analysis.slip import Slipped
    from gwplan.planning.why import Unmet


def why(of: Case | Run, *, time_limit: str = "60 s") -> Unmet | Holding:
    """Why a case has no plan, and the changes of one number (or of a pair) that are enough; or what holds back a plan; as `gwplan why`.

    InputFaults if a run cannot be solved again; NoPlan if nothing is found in time.
    """
    from gwplan.analysis.explain import holding
    from gwplan.analysis.explain.resolve import NoBase

    if isinstance(of, Run):
        return holding.of_run(of._reader, time_limit)
    try:
        return holding.of_question(replace(of.question, threads=None), time_limit)
    except NoBase as error:
        raise NoPlan(error.base.status, str(error)) from None


def why_not(case: Case, option: str, *, changes: Sequence[str] = ("price", "rate", "date"), run: Run | None = None) -> WhyNot:
    """What it costs to force an option that a plan leaves out, and what would let it in, as `gwplan why-not`.

    option: a system, vendor, site, hall design, supply or contract. run: the case's plan, if there is one. InputFaults; NoPlan.
    """
    from gwplan.analysis.explain.resolve import NoBase
    from gwplan.analysis.explain.why_not import why_not as asked

    try:
        return asked(replace(case.question, threads=None), option, changes, None if run is None else run._reader)
    except NoBase as error:
        raise NoPlan(error.base.status, str(error)) from None


def explain(name: str, of: Case | Run | None = None) -> Explanation:
    """What a name means that any command prints, as `gwplan explain`: meaning, unit, equation, file, numbers with sources, value in a run.

    of: the case or run for numbers and values. A name that matches nothing gives no meaning and the nearest names.
    """
    from gwplan.analysis.explain import explain as explaining

    material = None if of is None else explaining.of_reader(of._reader) if isinstance(of, Run) else explaining.of_case(of.facts)
    return explaining.explain(name, material)


def worth(run: Run, *, top: int = 10, confirm: int = 3) -> Worths:
    """What more of each limit that binds in a plan is worth, as `gwplan worth`. InputFaults if it cannot be solved again."""
    from gwplan.analysis.explain.resolve import ask_again
    from gwplan.analysis.explain.worth import worth as weighed

    return weighed(run._reader, ask_again(run._reader), top, confirm)


def breakeven(case: Case, of: str, aim: str = "", *, low: str = "", high: str = "", within: float = 0.005) -> Breakeven:
    """Where an item enters or leaves the plan, or a headline figure reaches a value, as `gwplan breakeven`.

    of, aim, low, high: as --of, --for, --from, --to. InputFaults; NoPlan if the unchanged case has none.
    """
    from gwplan.analysis.explain import breakeven as searching
    from gwplan.analysis.explain.asked import Wanted
    from gwplan.analysis.explain.resolve import NoBase

    try:
        return searching.run(replace(case.question, threads=None), Wanted(of, aim, (low, high), within))[0]
    except NoBase as error:
        raise NoPlan(error.base.status, str(error)) from None


def slip(run: Run, changes: Sequence[str], after: str, *, gap: float | None = None) -> Slipped:
    """What a delay costs a plan that is under way, as `gwplan slip`: known at a date only, and known in advance.

    changes: as --set, such as `power.grid@abilene_tx.earliest=+12 months`. after: the date, `2028-Q1`; what was ordered before it stands.
    Costs are in the unit of the goal, positive for worse. InputFaults; NoPlan if there is none even with all targets missed.
    """
    from gwplan.analysis import slip as slipping

    try:
        return slipping.slip(run._reader, tuple(changes), after, gap)
    except slipping.NoPlan as error:
        raise NoPlan(error.status, str(error)) from None


def dispatch(run: Run, period: str | None = None, sites: Sequence[str] = ()) -> WholeYear:
    """The full year of a plan, hour by hour, as `gwplan dispatch`: what is served, by what, and at what running cost.

    period: whose builds, the last one's by default. Arrays of the hours are in MW. InputFaults for faulty hourly series; ValueError
    where there are none, or no such period, site or load.
    """
    from gwplan.analysis.dispatch import whole_year

    return whole_year.dispatch(run._reader, period, sites)


def bottleneck(case: Case, *, more: float = 0.1, months: int = 3, runs: Path | str = "runs", workers: int | None = None,
               gap: float | None = None) -> Bottleneck:
    """What comes first, as `gwplan bottleneck`: money, power, chips or buildings, each eased a little, and each delayed.

    more: share added to budget, power on offer, allocation and starts; months: by which dates and lead times move. The study folder is
    written into `runs`. InputFaults if the case is faulty; NoPlan without a base plan.
    """
    from gwplan.analysis.bottleneck import bottleneck as asking

    try:
        return asking.bottleneck(order_of(case, (), runs, workers, gap), more, months)
    except asking.NoBasePlan as error:
        raise NoPlan(error.base.status, str(error)) from error


def alternatives(case: Case, *, within: float = 0.02, n: int = 8, gap: float | None = None) -> Alternatives:
    """Near-optimal plans that differ most in what is built, as `gwplan alternatives`, with the least and most of each member.

    within: slack of the goal, as a share; n: the most alternatives. Nothing is written. InputFaults if the case is faulty; NoPlan without
    a plan.
    """
    from gwplan.analysis.alternatives import alternatives as seeking

    try:
        return seeking.find(order_of(case, (), "runs", None, gap), within, n)
    except seeking.NoBasePlan as error:
        raise NoPlan(error.status, str(error)) from error


def hedge(case: Case, scenarios: Path | str, *, measure: str = "expected", alpha: float = 0.1, weight: float | None = None,
          gap: float | None = None) -> Hedged:
    """One plan for now under scenarios, and an answer to each, as `gwplan hedge`. scenarios: a CSV; see docs/hedge.md.

    measure: expected, cvar or regret; weight: beside the mean, by default 0.5 for cvar and 1 for regret. Nothing is written.
    InputFaults lists faulty rows; NoPlan where a scenario, or all together, have none.
    """
    from gwplan.analysis.hedge import futures
    from gwplan.analysis.hedge import hedge as hedging

    try:
        return hedging.hedge(order_of(case, (), "runs", None, gap), Path(scenarios), hedging.aim_of(measure, alpha, weight))
    except futures.NoHedge as error:
        raise NoPlan(error.status, str(error)) from error


def flexibility(case: Case, scenarios: Path | str, found: Hedged, *, without: Sequence[str] = (), gap: float | None = None
                ) -> list[FlexibilityWorth]:
    """What each option and each supply that is rented is worth to a hedge, as `gwplan hedge --flexibility`: the hedge again without it.

    found: the hedge of the case, not of regret; without: what else to forbid, as `Case.forbid` takes it. Worths are in the unit of
    the goal. InputFaults for a text that matches nothing.
    """
    from gwplan.analysis.hedge import flexibility as flexible

    order = order_of(case, (), "runs", None, gap)
    return flexible.flexibility(order, Path(scenarios), found, flexible.asked_of(order, without, True))


def rolling(case: Case, reveal: Path | str, *, hedge: bool = False, gap: float | None = None) -> Rolled:
    """Plan for the base and again as things become known, as `gwplan rolling`. reveal: scenarios, as for `hedge`; hedge: solve it too.

    Objectives are in the unit of the goal; `regret` is positive where one who knew does better. Nothing is written.
    InputFaults lists faulty rows; NoPlan where the case as it stands, or a scenario, has none.
    """
    from gwplan.analysis.hedge import futures
    from gwplan.analysis.hedge import rolling as roll

    try:
        return roll.rolling(order_of(case, (), "runs", None, gap), Path(reveal), hedge)
    except futures.NoHedge as error:
        raise NoPlan(error.status, str(error)) from error


def downside(run: Run) -> Downside:
    """Coverage, default and recovery of a financed run if one thing goes wrong, as `gwplan downside`. InputFaults without finance."""
    from gwplan.analysis.downside import downside as studied

    return studied(run._reader)


def reference_plans(of: Case | Run, *, gap: float | None = None, runs: Path | str = "runs", workers: int | None = None) -> References:
    """Plans by simple rules beside the best plan of a case, or beside a run, as `gwplan reference`.

    Results are cached in `runs`. Costs are in the unit of the goal, positive for worse. InputFaults; NoPlan without a base plan.
    """
    from gwplan.analysis import reference as referring
    from gwplan.analysis.scenarios.study import StudyRequest

    try:
        if isinstance(of, Run):
            return referring.of_run(of._reader, StudyRequest(of._reader.path, (), gap=gap, runs=Path(runs), workers=workers))
        return referring.of_model(order_of(of, (), runs, workers, gap))
    except referring.NoBasePlan as error:
        raise NoPlan(error.base.status, str(error)) from error


def calibrate(case: Case) -> Calibration:
    """The published figures of calibration.csv reproduced from the tables, as `gwplan calibrate`. InputFaults if there is no such table."""

    from gwplan.analysis.calibrate.calibrate import of_request

    return of_request(request_of(case.question))


def levelised(case: Case, *, when: str = "", **terms: float) -> Levelised:
    """What a MWh of each supply costs at each site, as `gwplan levelised`; `.frame` is a table in USD/MWh.

    when: service on or after a date, `2029-Q1`. terms: rate (real, after tax; by default the model's discount rate) or debt_share, interest
    and equity_return (nominal), tax with tax_life, inflation, itc, all as shares. InputFaults for terms that do not go together.
    """
    from gwplan.analysis.levelised import levelised_of

    return levelised_of(case.facts, when, terms)
