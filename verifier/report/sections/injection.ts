/** What was broken and the proof that it was: the rules, what they predict, and the ledgers of the sidecars. */
import { describeRule, ruleText } from '../describe-rule.ts';
import { formatCount, formatFigure, prose } from '../format.ts';
import type { Journal } from '../journal.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import type { Report } from '../model.ts';
import type { Proof, ProofLine } from '../proof.ts';
import { rangeEnds, rangeSvg } from '../svg/range.ts';

/** Ledgers shown one by one; those that disagree come first, so none of them is left out before one that agrees. */
const MOST_LINES = 60;

export function injectionSection(report: Report): Markup | null {
  const { journal, proof } = report;
  if (journal.faults.length === 0 && proof.lines.length === 0) return null;
  return html`<section>
    <h2>What was broken, and the proof</h2>
    <div class="faults">${journal.faults.map(faultCard)}</div>
    ${proofTable(proof)}
  </section>`;
}

function faultCard(fault: Journal['faults'][number]): Markup {
  return html`<article class="card">
    <h3>${describeRule(fault.rule)}</h3>
    <p>at <b>${fault.target}</b>${fault.predicted.map((seen) => html` · ${prose(seen)}`)}</p>
    <pre>${ruleText(fault.rule)}</pre>
  </article>`;
}

function proofTable(proof: Proof): Markup {
  if (proof.lines.length === 0) return html`<p class="none">Nothing was injected, so there is no ledger.</p>`;
  const shown = proof.lines.slice(0, MOST_LINES);
  const left = proof.lines.length - shown.length;
  return html`<p class="lead">
      ${proofSentence(proof)} Each matched request is counted once, as injected or as skipped with its reason; the share
      must lie in the interval that chance allows in 999 of 1,000 runs.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Ledgers of the sidecars">
      <table class="ledger stack">
        <thead>
          <tr>
            <th scope="col">Sidecar</th>
            <th scope="col" class="num">Matched</th>
            <th scope="col" class="num">Injected</th>
            <th scope="col">Skipped</th>
            <th scope="col">Expected</th>
            <th scope="col">Agrees</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(ledgerRow)}
        </tbody>
      </table>
    </div>
    ${left > 0 && html`<p class="none">and ${formatCount(left)} more in the journal</p>`}`;
}

function proofSentence(proof: Proof): string {
  const rules = proof.rules.map(
    ({ target, rule, matched, injected }) =>
      `${rule} broke ${formatCount(injected)} of ${formatCount(matched)} matched requests at ${target}`,
  );
  const ledgers = proof.lines.length === 1 ? 'its ledger' : `${formatCount(proof.lines.length)} ledgers`;
  const agreement =
    proof.disagreeing === 0
      ? `${ledgers} ${proof.lines.length === 1 ? 'agrees' : 'agree'}`
      : `${formatCount(proof.disagreeing)} of ${ledgers} ${proof.disagreeing === 1 ? 'does' : 'do'} not agree`;
  // Some dozens of rules would be a wall of text; the table says it line by line.
  const shown = rules.length > 6 ? `${formatCount(rules.length)} rules acted` : rules.join('; ');
  return `${shown}: ${agreement}.`;
}

function ledgerRow(line: ProofLine): Markup {
  const { injection, addsUp } = line;
  const { ledger, expected } = injection;
  const ends = rangeEnds([expected.low, expected.high, ledger.injected]);
  const tone = injection.agrees && addsUp ? 'good' : 'bad';
  // Here the bar is what chance allows and the post is what was counted.
  const picture = rangeSvg({
    low: expected.low,
    high: expected.high,
    bound: ledger.injected,
    goodSide: 'both',
    ...ends,
    tone,
  });
  const source = injection.from === 'ledger' ? 'its own ledger' : 'Prometheus';
  return html`<tr>
    <td data-label="Sidecar">
      <span class="name">${injection.pod}</span
      ><span class="bound-text">${injection.target} · rule ${injection.rule} · by ${source}</span>
    </td>
    <td class="num" data-label="Matched">${formatCount(ledger.matched)}</td>
    <td class="num" data-label="Injected">${formatCount(ledger.injected)}</td>
    <td data-label="Skipped">
      ${line.skipped.length === 0 ? '–' : line.skipped.map((skip) => html`<p class="nowrap">${skip}</p>`)}
    </td>
    <td data-label="Expected">
      <p class="nowrap">
        ${formatCount(expected.low)} – ${formatCount(expected.high)}
        <span class="quiet">at ${formatFigure(expected.share, 'ratio')}</span>
      </p>
      ${picture}
    </td>
    <td data-label="Agrees">
      <b class="${tone}">${tone === 'good' ? 'yes' : 'no'}</b
      ><span class="bound-text"
        >${prose(injection.reason)}${!addsUp && '. The ledger does not add up: matched is not injected plus skipped.'}</span
      >
    </td>
  </tr>`;
}
