// The rules of the house. The comment of a rule is what a person sees when it is broken.
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two files are one idea: merge them or take the shared part out.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'proxy-stands-alone',
      severity: 'error',
      comment: 'The data plane imports nothing of the verifier, the injector, the bench or deploy.',
      from: { path: '^proxy/' },
      to: { path: '^(verifier|injector|bench|deploy|test)/' },
    },
    {
      name: 'proxy-has-no-http-client',
      severity: 'error',
      comment: 'The data path is our own bytes on node:net.',
      from: { path: '^proxy/' },
      to: { path: 'node_modules/(undici|http-proxy|yargs)/' },
    },
    {
      name: 'proxy-without-node-http',
      severity: 'error',
      comment: 'node:http would make every sidecar some 13 MB larger: control listeners are read by our own scanner.',
      from: { path: '^proxy/' },
      to: { path: '^(node:)?https?$' },
    },
    {
      name: 'faults-are-apart',
      severity: 'error',
      comment: 'Faults never import one another: only the registry knows them all.',
      from: { path: '^proxy/faults/', pathNot: '^proxy/faults/registry' },
      to: { path: '^proxy/faults/', pathNot: '^proxy/faults/(fault|fields)' },
    },
    {
      name: 'verifier-sees-the-schema-of-the-proxy',
      severity: 'error',
      comment:
        'The verifier may use proxy/config and each fault (parameters, predict); the CLI starts the proxy by its main.ts.',
      from: { path: '^verifier/' },
      to: { path: '^proxy/', pathNot: '^proxy/(config|faults)/|^proxy/main\\.ts$' },
    },
    {
      name: 'only-the-cli-starts-parts',
      severity: 'error',
      from: { path: '^verifier/', pathNot: '^verifier/(cli|main)' },
      to: { path: '^proxy/main\\.ts$' },
    },
    {
      name: 'one-file-knows-yargs',
      severity: 'error',
      from: { pathNot: '^verifier/cli/register\\.ts$' },
      to: { path: 'node_modules/(@types/)?yargs/' },
    },
    {
      name: 'product-does-not-import-tests-or-bench',
      severity: 'error',
      from: { path: '^(proxy|verifier|injector|deploy)/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
