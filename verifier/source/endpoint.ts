/** Where Prometheus is and how to log in there: credentials are used in headers and never shown. */

export interface EndpointOptions {
  /** `http(s)://[user:password@]host[:port][/prefix][?parameters for every question]` */
  readonly url: string;
  /** Sent with every question, such as `authorization` or `x-scope-orgid`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The URL of a Prometheus cannot be used. */
export class InvalidPrometheusUrl extends Error {
  readonly code = 'invalid-prometheus-url';
}

export interface Endpoint {
  /** The URL without user, password and parameters. */
  readonly shown: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The URL of an API path with its query string. */
  readonly resolve: (path: string, query: string) => string;
  /** A text of somebody else without our credentials in it. */
  readonly redact: (text: string) => string;
}

/** @throws InvalidPrometheusUrl when the URL is not an http or https URL. */
export function endpoint(options: EndpointOptions): Endpoint {
  const url = URL.parse(options.url);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    // The text itself may hold a password: it is not repeated.
    throw new InvalidPrometheusUrl('the URL of Prometheus must look like http://127.0.0.1:9090 or https://host/prefix');
  }
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  // A path prefix is kept: `new URL('/api/v1', base)` would lose it.
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const fixed = url.search.replace(/^\?/, '');
  const login = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const headers: Record<string, string> = user === '' && password === '' ? {} : { authorization: login };
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  const secrets = [
    password,
    url.password,
    login,
    ...Object.values(options.headers ?? {}),
    ...url.searchParams.values(),
  ];
  return {
    shown: base,
    headers,
    resolve: (path, query) => {
      const parameters = [fixed, query].filter((part) => part !== '').join('&');
      return `${base}/api/v1/${path}${parameters === '' ? '' : `?${parameters}`}`;
    },
    redact: (text) => secrets.reduce((out, secret) => (secret.length < 4 ? out : out.replaceAll(secret, '***')), text),
  };
}
