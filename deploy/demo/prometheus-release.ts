// Prometheus from the project's own releases: one archive of about 110 MB, checked against the `sha256sums.txt` of the
// same release and kept in the user's cache. The sums come from the same place as the archive over HTTPS: they prove
// that the download is whole, and rest on TLS for who it is from.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { isExecutable, runCommand } from './command.ts';
import { cacheFolder, type Machine } from './machine.ts';

/** A long-term-support release. */
const VERSION = '3.5.0';
const DOWNLOAD_TIMEOUT_MS = 300_000;

/** The release of an earlier download, or null. */
export async function cachedRelease(machine: Machine): Promise<string | null> {
  const binary = join(releaseFolder(machine), 'prometheus');
  return (await isExecutable(binary)) ? binary : null;
}

/** Downloads the release. Returns the binary, or why there is none in words that complete "the download: ...". */
export async function downloadRelease(machine: Machine): Promise<{ binary: string } | { missing: string }> {
  const system = { linux: 'linux', darwin: 'darwin' }[machine.platform as string];
  const processor = { x64: 'amd64', arm64: 'arm64' }[machine.arch];
  if (system === undefined || processor === undefined) {
    return { missing: `there is no release we know for ${machine.platform} on ${machine.arch}` };
  }
  const name = `prometheus-${VERSION}.${system}-${processor}`;
  const base = `${machine.releases}/v${VERSION}`;
  machine.say(`Downloading Prometheus ${VERSION} from ${new URL(base).host} (about 110 MB, kept for next time).`);
  const cache = cacheFolder(machine);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'download-'));
  try {
    const promised = sumOf(`${name}.tar.gz`, await (await get(`${base}/sha256sums.txt`)).text());
    if (promised === null) return { missing: `sha256sums.txt of ${VERSION} does not list ${name}.tar.gz` };
    const archive = join(work, 'prometheus.tar.gz');
    const received = await save(`${base}/${name}.tar.gz`, archive);
    if (received !== promised) {
      return { missing: `${name}.tar.gz has the SHA-256 ${received}, the release promises ${promised}` };
    }
    const members = [`${name}/prometheus`, `${name}/promtool`];
    const unpack = ['-xzf', archive, '-C', work, '--strip-components=1', ...members];
    const unpacked = await runCommand('tar', unpack, { env: machine.env, timeoutMs: 60_000 });
    if (unpacked.code !== 0) return { missing: `tar could not unpack it (${unpacked.output.trim()})` };
    await rm(archive);
    await rm(releaseFolder(machine), { recursive: true, force: true });
    await rename(work, releaseFolder(machine));
  } catch (error) {
    return { missing: reasonOf(error) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const binary = await cachedRelease(machine);
  return binary === null ? { missing: 'the archive holds no `prometheus`' } : { binary };
}

function releaseFolder(machine: Machine): string {
  return join(cacheFolder(machine), `prometheus-${VERSION}`);
}

async function get(url: string): ReturnType<typeof fetch> {
  const response = await fetch(url, {
    // Honours HTTPS_PROXY and NO_PROXY.
    dispatcher: new EnvHttpProxyAgent(),
    signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

/** Returns the SHA-256 of what was written, in hex. */
async function save(url: string, file: string): Promise<string> {
  const response = await get(url);
  if (response.body === null) throw new Error(`${url} answered without a body`);
  const hash = createHash('sha256');
  const tee = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), tee, createWriteStream(file));
  return hash.digest('hex');
}

/** The sum of one file in the format of sha256sum(1), or null. */
function sumOf(file: string, sums: string): string | null {
  for (const line of sums.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === file && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) return sum;
  }
  return null;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
