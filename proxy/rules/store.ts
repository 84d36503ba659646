/**
 * The rule store: which rules there are, which of them may act, and until when.
 *
 *   file: replaceFile       -> plan ---------> swap -> release -> disk
 *   API:  put/renew/delete  -> plan -> disk -> swap -> release -> answer
 *   lease ends              -----------------> swap -> release -> disk
 *
 * Changes run one after the other; the swap and the release are one synchronous step. What the API answers is on the
 * disk; the file is still there after a crash, and the end of a lease waits for nothing.
 */
import type { Route, WrittenRule } from '../config/rule.ts';
import { Occurrences } from '../route/occurrences.ts';
import type { ArmedRule } from './armed-rule.ts';
import type { Clock } from './clock.ts';
import type { CompiledFaults } from './compile.ts';
import { leaseFrom, leftMs, type Moment } from './deadline.ts';
import { listed, planApiRule, planFileRule, resumedLease } from './entry.ts';
import type { Entry, ListedRule, Plan, RuleSource } from './entry.ts';
import { HeldSet } from './held-set.ts';
import type { LedgerEntry } from './ledger.ts';
import { Ledgers, type LedgerCounts } from './ledgers.ts';
import { LeaseTimer } from './lease-timer.ts';
import { refuse, type Refusal } from './refusal.ts';
import { Retained } from './retained.ts';
import { SerialQueue } from './serial-queue.ts';
import type { Snapshot, SnapshotSource } from './snapshot.ts';
import { StateError, type KeptRule } from './state-file.ts';

/** What the store needs of the world. */
export interface RuleStoreOptions {
  /** Differs at every start of the process: shown in the bodies. */
  readonly instance: string;
  readonly clock: Clock;
  /** Where leases and API rules are kept; without it they end with the process. */
  readonly stateDir?: string;
  /** Of the machine's start; empty where the system has none. */
  readonly bootId: string;
  /** Turns a rule's faults into effects: `compileFaults`. */
  readonly compile: (rule: WrittenRule['rule']) => Promise<CompiledFaults>;
  /** Reads a rule that an earlier process has kept; a string says why it cannot be read any more. */
  readonly readKept: (written: Readonly<Record<string, unknown>>, id: string) => Promise<WrittenRule | string>;
  /** Told what went wrong without anybody waiting for an answer. */
  readonly warn: (message: string) => void;
}

/** The rule after the change. */
export type RuleResult = { readonly ok: true; readonly rule: ListedRule } | Refusal;

/** Ended API rules that stay listed. */
const MOST_ENDED = 100;

export class RuleStore implements SnapshotSource {
  private readonly options: RuleStoreOptions;
  private readonly retained: Retained;
  private readonly queue = new SerialQueue();
  private readonly ledgers = new Ledgers();
  private readonly listeners: ((snapshot: Snapshot) => void)[] = [];
  private readonly timer: LeaseTimer;
  private snapshot: Snapshot = { generation: 0, rules: [], routes: [] };
  /** In order of precedence. */
  private entries: ReadonlyMap<string, Entry> = new Map();
  private draining = false;

  private constructor(options: RuleStoreOptions, retained: Retained) {
    this.options = options;
    this.retained = retained;
    this.timer = new LeaseTimer(options.clock, () => this.endDue());
  }

  /**
   * A store with the API rules that an earlier process has left, armed for what is left of their leases.
   *
   * @throws {StateError} where the state directory cannot be used
   */
  static async open(options: RuleStoreOptions): Promise<RuleStore> {
    const { clock, stateDir, bootId, warn } = options;
    const retained = await Retained.open(stateDir, bootId, clock, warn);
    const store = new RuleStore(options, retained);
    const plans = await store.planKept();
    // Written at once, also where nothing has changed: a directory that cannot be written is told at the start.
    await retained.write(plans);
    store.carryOut(plans);
    return store;
  }

  /** What the data path reads. */
  get current(): Snapshot {
    return this.snapshot;
  }

  onSwap(listener: (snapshot: Snapshot) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Takes the rules and routes of the configuration file, in place of those it had. A rule whose text is the same goes
   * on undisturbed. An id that the API has put belongs to the file from now on.
   *
   * A state directory that cannot be written is warned of and does not stop it: a rule that was taken out of the file
   * has to end whatever the disk says.
   */
  replaceFile(config: { readonly rules: readonly WrittenRule[]; readonly routes: readonly Route[] }): Promise<void> {
    return this.queue.run(async () => {
      const compiled = await Promise.all(config.rules.map((written) => this.compiled(written)));
      const now = this.now();
      const plans = config.rules.map((written, index) => {
        const { id } = written.rule;
        const before = this.entries.get(id);
        if (before?.source === 'api') this.options.warn(`rule ${id} of the admin API gives way to that of the file`);
        return planFileRule({ written, faults: compiled[index] ?? [], before, kept: this.keptFileRule(id), now });
      });
      const ids = new Set(plans.map(({ written }) => written.rule.id));
      plans.push(...this.plansOf('api').filter(({ written }) => !ids.has(written.rule.id)));
      this.retained.fileSeen();
      // Not after the disk, which may be slow: what a removed rule holds has to go on at once.
      this.carryOut(plans, config.routes);
      await this.keepOrWarn();
    });
  }

  /** Puts a rule of the admin API; it is armed from now on for the whole of its lease, also where it was before. */
  put(written: WrittenRule): Promise<RuleResult> {
    const { id } = written.rule;
    const plan = async (): Promise<ApiPlan> => {
      if (this.draining) return refuse('draining', id);
      const faults = await this.compiled(written);
      return [...withoutOldest(this.apiPlansBut(id)), planApiRule(written, faults, this.now())];
    };
    return this.changeApi(id, plan, () => this.elementOf(id));
  }

  /** Gives an armed rule of the admin API a lease of `ttlMs` from now. */
  renew(id: string, ttlMs: number): Promise<RuleResult> {
    const plan = (): ApiPlan => {
      if (this.draining) return refuse('draining', id);
      this.endDue();
      const entry = this.entries.get(id);
      if (entry === undefined) return refuse('unknown-rule', id);
      if (entry.ended) return refuse('lease-ended', id);
      return [...this.apiPlansBut(id), { ...entry, deadline: leaseFrom(this.now(), ttlMs) }];
    };
    return this.changeApi(id, plan, () => this.elementOf(id));
  }

  /** Removes a rule of the admin API; one that is not there is removed already. */
  delete(id: string): Promise<{ readonly ok: true } | Refusal> {
    const plan = (): ApiPlan => (this.entries.has(id) ? this.apiPlansBut(id) : undefined);
    return this.changeApi(id, plan, () => ({ ok: true }));
  }

  /** The body of `GET /rules`, in order of precedence. */
  list(): { readonly instance: string; readonly rules: readonly ListedRule[] } {
    this.endDue();
    const now = this.now();
    return { instance: this.options.instance, rules: [...this.entries.values()].map((entry) => listed(entry, now)) };
  }

  /** The body of `GET /ledger`. */
  ledger(): { readonly instance: string; readonly rules: Readonly<Record<string, LedgerCounts>> } {
    return { instance: this.options.instance, rules: this.ledgers.counts() };
  }

  /** For metrics: one for each rule there is, and for those removed lately. */
  ledgerEntries(): Iterable<LedgerEntry> {
    return this.ledgers.all();
  }

  /** For metrics: whether the rule may act now. */
  isArmed(id: string): boolean {
    return (this.entries.get(id)?.armed ?? null) !== null;
  }

  /**
   * The process is about to end: nothing acts any more, all that is held goes on, and no rule is armed again. Leases run
   * on, for the next process.
   */
  disarmAll(): void {
    this.draining = true;
    this.install(new Map([...this.entries].map(([id, entry]) => [id, { ...entry, armed: null }])));
  }

  /** Ends after the changes that were asked for. Rules stay as they are: `disarmAll` comes first where they shall not. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.queue.idle();
    this.timer.set(Infinity);
  }

  private now(): Moment {
    const { clock } = this.options;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }

  private async planKept(): Promise<readonly Plan[]> {
    const plans: Plan[] = [];
    for (const kept of this.retained.apiRules()) {
      const written = await this.options.readKept(kept.written ?? {}, kept.id);
      if (typeof written === 'string') {
        this.options.warn(`rule ${kept.id} of the admin API cannot be read any more and is dropped: ${written}`);
        continue;
      }
      const faults = await this.options.compile(written.rule);
      plans.push({ source: 'api', written, faults, ...resumedLease(kept, this.retained.sameBoot, this.now()) });
    }
    return inOrder(plans);
  }

  private keptFileRule(id: string): { readonly rule: KeptRule; readonly sameBoot: boolean } | undefined {
    const rule = this.retained.fileRule(id);
    return rule && { rule, sameBoot: this.retained.sameBoot };
  }

  /** Faults are compiled once for each text. */
  private async compiled(written: WrittenRule): Promise<CompiledFaults> {
    const before = this.entries.get(written.rule.id);
    if (before?.written.textHash === written.textHash) return before.faults;
    return this.options.compile(written.rule);
  }

  private plansOf(source: RuleSource): readonly Plan[] {
    return [...this.entries.values()].filter((entry) => entry.source === source);
  }

  private apiPlansBut(id: string): readonly Plan[] {
    return this.plansOf('api').filter(({ written }) => written.rule.id !== id);
  }

  /**
   * One change by the admin API: `plan` gives all API rules as they shall be, or why not, or undefined for no change.
   * A lease that ends while its renewal is on the way to the disk is armed anew by it.
   */
  private changeApi<T>(id: string, plan: () => ApiPlan | Promise<ApiPlan>, answer: () => T): Promise<T | Refusal> {
    return this.queue.run(async () => {
      if (this.entries.get(id)?.source === 'file') return refuse('held-by-file', id);
      const apiPlans = await plan();
      if (apiPlans === undefined) return answer();
      if ('code' in apiPlans) return apiPlans;
      const plans = [...this.plansOf('file'), ...inOrder(apiPlans)];
      try {
        await this.retained.write(plans);
      } catch (error) {
        if (error instanceof StateError) return refuse('state-unwritable', id, error.message);
        throw error;
      }
      this.carryOut(plans);
      return answer();
    });
  }

  private elementOf(id: string): RuleResult {
    const entry = this.entries.get(id);
    return entry ? { ok: true, rule: listed(entry, this.now()) } : refuse('unknown-rule', id);
  }

  private async keepOrWarn(): Promise<void> {
    try {
      await this.retained.write([...this.entries.values()]);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.options.warn(`${error.message}; leases that go on now are lost with the process`);
    }
  }

  private carryOut(plans: readonly Plan[], routes = this.snapshot.routes): void {
    const now = this.now();
    this.install(new Map(plans.map((plan) => [plan.written.rule.id, this.entryOf(plan, now)])), routes);
  }

  /** Arms a rule, or lets it go on: the same text keeps what has been counted, drawn and held. */
  private entryOf(plan: Plan, now: Moment): Entry {
    const { written, faults, deadline } = plan;
    const ledger = this.ledgers.of(written.rule);
    const ended = plan.ended || (deadline !== null && leftMs(deadline, now) === 0);
    if (ended || this.draining) return { ...plan, ended, armed: null };
    const before = this.entries.get(written.rule.id);
    if (before?.armed && before.written.textHash === written.textHash) return { ...plan, ended, armed: before.armed };
    const occurrences = new Occurrences();
    const held = new HeldSet();
    const armed = { rule: written.rule, faults, ledger, occurrences, armedAtMs: now.monotonicMs, held };
    return { ...plan, ended, armed };
  }

  /** The swap: first what the data path sees, then what it held for rules that are armed no more. */
  private install(entries: ReadonlyMap<string, Entry>, routes = this.snapshot.routes): void {
    const before = this.entries;
    this.entries = entries;
    const rules = [...entries.values()].flatMap(({ armed }) => armed ?? []);
    this.snapshot = { generation: this.snapshot.generation + 1, rules, routes };
    for (const listener of this.listeners) this.guarded('a listener for new rules', () => listener(this.snapshot));
    const armed = new Set(rules);
    for (const entry of before.values()) if (entry.armed && !armed.has(entry.armed)) this.release(entry.armed);
    for (const id of before.keys()) if (!entries.has(id)) this.ledgers.retire(id);
    const deadlines = [...entries.values()].flatMap((entry) => (entry.armed && entry.deadline?.monotonicMs) ?? []);
    this.timer.set(Math.min(Infinity, ...deadlines));
  }

  /** Ends the leases that have run out. */
  private endDue(): void {
    const now = this.now();
    const isDue = ({ armed, deadline }: Entry): boolean =>
      armed !== null && deadline !== null && leftMs(deadline, now) === 0;
    if (![...this.entries.values()].some(isDue)) return;
    const ended = [...this.entries].map(([id, entry]): [string, Entry] => {
      return [id, isDue(entry) ? { ...entry, ended: true, armed: null } : entry];
    });
    this.install(new Map(ended));
    this.queue
      .run(() => this.keepOrWarn())
      .catch((error: unknown) => this.options.warn(`the end of a lease was not kept: ${String(error)}`));
  }

  private release(armed: ArmedRule): void {
    const onError = (error: unknown): void => this.failed(`releasing an exchange of rule ${armed.rule.id}`, error);
    if (armed.held instanceof HeldSet) armed.held.close(armed, onError);
  }

  private guarded(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failed(what, error);
    }
  }

  private failed(what: string, error: unknown): void {
    this.options.warn(`${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** All API rules as they shall be; why not; or undefined for no change. */
type ApiPlan = readonly Plan[] | Refusal | undefined;

/** API rules stand in the order of their ids. */
function inOrder(plans: readonly Plan[]): readonly Plan[] {
  return plans.toSorted((a, b) => (a.written.rule.id < b.written.rule.id ? -1 : 1));
}

/** Forgets the rules that ended first, where many have. */
function withoutOldest(plans: readonly Plan[]): readonly Plan[] {
  const ended = plans.filter((plan) => plan.ended).toSorted((a, b) => endOf(b) - endOf(a));
  const forgotten = new Set(ended.slice(MOST_ENDED));
  return plans.filter((plan) => !forgotten.has(plan));
}

function endOf({ deadline }: Plan): number {
  return deadline?.wallMs ?? 0;
}
