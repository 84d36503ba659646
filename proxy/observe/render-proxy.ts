/** What the proxy says of itself: rules and their ledger, connections, configuration, process. */
import { readdirSync } from 'node:fs';
import { SKIP_REASONS, type LedgerEntry } from '../rules/ledger.ts';
import type { ConnectionMetrics } from './connection-metrics.ts';
import type { Exposition } from './exposition.ts';

/** One series for each matched exchange: `matched = injected + skipped` can be checked by summing. */
export function renderLedger(
  out: Exposition,
  entries: Iterable<LedgerEntry>,
  isArmed: (rule: string) => boolean,
): void {
  const all = [...entries];
  const name = 'sidequake_rule_exchanges_total';
  out.family(name, 'counter', 'Exchanges that a rule matched, each once: injected, or skipped for a reason.');
  for (const { rule, faultNames: fault, injected, skipped } of all) {
    out.sample(name, { rule, fault, outcome: 'injected', reason: '' }, injected);
    for (const [index, reason] of SKIP_REASONS.entries()) {
      const count = skipped[index] ?? 0;
      if (count > 0) out.sample(name, { rule, fault, outcome: 'skipped', reason }, count);
    }
  }
  out.family('sidequake_fault_active', 'gauge', '1 while the rule is armed.');
  for (const { rule } of all) out.sample('sidequake_fault_active', { rule }, isArmed(rule) ? 1 : 0);
  out.family('sidequake_rule_active_exchanges', 'gauge', 'Exchanges that the rule holds or breaks right now.');
  for (const { rule, active } of all) out.sample('sidequake_rule_active_exchanges', { rule }, active);
}

/** Counts of one listener. */
export interface ListenerCounts {
  /** As written: the label value. */
  readonly listener: string;
  readonly metrics: ConnectionMetrics;
  readonly active: number;
}

export function renderConnections(out: Exposition, listeners: readonly ListenerCounts[]): void {
  const simple = [
    ['sidequake_connections_opened_total', 'counter', 'Connections accepted.', (l: ListenerCounts) => l.metrics.opened],
    ['sidequake_connections_closed_total', 'counter', 'Connections ended.', (l: ListenerCounts) => l.metrics.closed],
    ['sidequake_connections_active', 'gauge', 'Connections open now.', (l: ListenerCounts) => l.active],
    [
      'sidequake_accept_errors_total',
      'counter',
      'Connections the kernel did not hand over (out of descriptors).',
      (l: ListenerCounts) => l.metrics.acceptErrors,
    ],
  ] as const;
  for (const [name, type, help, read] of simple) {
    out.family(name, type, help);
    for (const counts of listeners) out.sample(name, { listener: counts.listener }, read(counts));
  }
  const reasons = [
    [
      'sidequake_upstream_connect_failures_total',
      'Connections reset because the app could not be reached.',
      (l: ListenerCounts) => l.metrics.connectFailures,
    ],
    [
      'sidequake_tunnels_total',
      'Connections forwarded without looking inside, by why.',
      (l: ListenerCounts) => l.metrics.tunnels,
    ],
    [
      'sidequake_refusals_total',
      'Messages refused by why: under strict, or behind an injected answer, where no tunnel can follow.',
      (l: ListenerCounts) => l.metrics.refusals,
    ],
  ] as const;
  for (const [name, help, read] of reasons) {
    out.family(name, 'counter', help);
    for (const counts of listeners) {
      for (const [reason, count] of read(counts)) out.sample(name, { listener: counts.listener, reason }, count);
    }
  }
}

/** How often the configuration was loaded, and whether the last text was good. */
export interface ReloadCounts {
  readonly loaded: number;
  readonly refused: number;
  readonly lastGood: boolean;
}

export function renderProcess(out: Exposition, version: string, instance: string, reloads: ReloadCounts): void {
  out.family('sidequake_build_info', 'gauge', 'Always 1; the version and the process that runs.');
  out.sample('sidequake_build_info', { version, node: process.versions.node, instance }, 1);
  out.family('sidequake_config_reloads_total', 'counter', 'Configuration texts read, by whether they were taken.');
  out.sample('sidequake_config_reloads_total', { outcome: 'loaded' }, reloads.loaded);
  out.sample('sidequake_config_reloads_total', { outcome: 'refused' }, reloads.refused);
  out.family('sidequake_config_last_reload_successful', 'gauge', '0 while the file in place was refused.');
  out.sample('sidequake_config_last_reload_successful', {}, reloads.lastGood ? 1 : 0);
  const { user, system } = process.cpuUsage();
  out.family('process_cpu_seconds_total', 'counter', 'CPU time of the process, user and system.');
  out.sample('process_cpu_seconds_total', {}, (user + system) / 1e6);
  out.family('process_resident_memory_bytes', 'gauge', 'Resident memory.');
  out.sample('process_resident_memory_bytes', {}, process.memoryUsage.rss());
  out.family('process_start_time_seconds', 'gauge', 'Start of the process, Unix time.');
  out.sample('process_start_time_seconds', {}, startedAtSeconds);
  const descriptors = openDescriptors();
  if (descriptors !== null) {
    out.family('process_open_fds', 'gauge', 'Open file descriptors.');
    out.sample('process_open_fds', {}, descriptors);
  }
}

const startedAtSeconds = Math.round((Date.now() - process.uptime() * 1000) / 10) / 100;

/** Null where the system does not tell (no /proc). */
function openDescriptors(): number | null {
  try {
    // One of them is the folder being read.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return null;
  }
}
