/** The columns of the tables, by kind of scenario. Together with the name of an engine they fit 100 columns. */
import type { Column } from '../model.ts';

const RSS: Column = { key: 'rssMib', title: 'RSS MiB', digits: 0 };

export const COLUMNS = {
  load: [
    { key: 'cpuUs', title: 'CPU us/req', digits: 1 },
    { key: 'xHaproxy', title: 'x haproxy', digits: 2 },
    { key: 'xHttpProxy', title: 'x h-proxy', digits: 2 },
    { key: 'requestsPerSecond', title: 'req/s', digits: 0 },
    { key: 'p50Us', title: 'p50 us', digits: 0 },
    { key: 'p99Us', title: 'p99 us', digits: 0 },
    RSS,
  ],
  latency: [
    { key: 'addedUs', title: 'p50 added us', digits: 0 },
    { key: 'p50Us', title: 'p50 us', digits: 0 },
    { key: 'p99Us', title: 'p99 us', digits: 0 },
    { key: 'cpuUs', title: 'CPU us/req', digits: 1 },
    { key: 'xHaproxy', title: 'CPU x haproxy', digits: 2 },
  ],
  paced: [
    { key: 'vcpu', title: 'vCPU', digits: 3 },
    { key: 'p50Us', title: 'p50 us', digits: 0 },
    { key: 'p99Us', title: 'p99 us', digits: 0 },
    RSS,
    { key: 'anonymousMib', title: 'of it anonymous', digits: 0 },
  ],
  idle: [
    RSS,
    { key: 'anonymousMib', title: 'of it anonymous', digits: 0 },
    { key: 'startRssMib', title: 'RSS after start', digits: 0 },
  ],
  loaded: [
    RSS,
    { key: 'anonymousMib', title: 'of it anonymous', digits: 0 },
    { key: 'startRssMib', title: 'RSS after start', digits: 0 },
    { key: 'requestsPerSecond', title: 'req/s', digits: 0 },
  ],
  delay: [
    { key: 'errorP50Ms', title: 'error p50 ms', digits: 2 },
    { key: 'errorP99Ms', title: 'error p99 ms', digits: 2 },
    { key: 'distance', title: 'KS dist.', digits: 3 },
    { key: 'distanceLimit', title: '99.9 % limit', digits: 3 },
    { key: 'seenP50Ms', title: 'seen p50 ms', digits: 1 },
  ],
  tunnel: [
    { key: 'mbPerCpuSecond', title: 'MB per CPU second', digits: 0 },
    { key: 'cpuMs', title: 'CPU ms/GB', digits: 0 },
    { key: 'xHaproxy', title: 'CPU x haproxy', digits: 2 },
    { key: 'mbPerSecond', title: 'MB/s', digits: 0 },
  ],
} as const satisfies Record<string, readonly Column[]>;
