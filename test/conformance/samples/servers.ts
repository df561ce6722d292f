import type { KindSamples } from '../kind-conformance.ts'

const OWN = 'dev.nofx/registry'
const FORM = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'

const FULL = {
  $schema: FORM,
  name: 'io.github.acme/books',
  title: 'Books',
  description: 'Reads the books of a company.',
  version: '1.2.3',
  websiteUrl: 'https://acme.example.com/books',
  repository: {
    url: 'https://github.com/acme/books',
    source: 'github',
    id: '1234',
    subfolder: 'server',
  },
  icons: [
    { src: 'https://acme.example.com/a.png', mimeType: 'image/png', sizes: ['48x48', 'any'], theme: 'dark' },
  ],
  packages: [
    {
      registryType: 'npm',
      registryBaseUrl: 'https://npm.example.com',
      identifier: '@acme/books',
      version: '1.2.3',
      fileSha256: 'a'.repeat(64),
      runtimeHint: 'npx',
      transport: { type: 'stdio' },
      runtimeArguments: [{ type: 'named', name: '--loglevel', value: 'error', isRepeated: false }],
      packageArguments: [
        {
          type: 'positional',
          valueHint: 'ledger',
          description: 'The ledger to read.',
          isRequired: true,
          format: 'filepath',
          placeholder: './ledger',
          isRepeated: true,
        },
        { type: 'named', name: '--mode', default: 'read', choices: ['read', 'write'] },
        { type: 'positional', value: '{root}/books', variables: { root: { description: 'A folder.' } } },
      ],
      environmentVariables: [
        { name: 'BOOKS_TOKEN', description: 'The token.', isRequired: true, isSecret: true },
        { name: 'BOOKS_REGION', default: 'eu' },
      ],
    },
    { registryType: 'oci', identifier: 'ghcr.io/acme/books:1.2.3', transport: { type: 'stdio' } },
    {
      registryType: 'mcpb',
      identifier: 'https://acme.example.com/books.mcpb',
      fileSha256: 'b'.repeat(64),
      transport: {
        type: 'streamable-http',
        url: 'http://127.0.0.1:{port}/mcp',
        headers: [{ name: 'X-Mode', value: 'read' }],
      },
    },
  ],
  remotes: [
    {
      type: 'streamable-http',
      url: 'https://{tenant}.books.example.com/mcp',
      headers: [
        {
          name: 'Authorization',
          isSecret: true,
          value: 'Bearer {token}',
          variables: { token: { isSecret: true, isRequired: true } },
        },
      ],
      variables: { tenant: { description: 'The tenant.', default: 'eu', choices: ['eu', 'us'] } },
    },
  ],
  _meta: {
    [OWN]: {
      status: 'deprecated',
      owner: '@acme/books',
      license: 'MIT',
      tags: ['books'],
      deprecation: { message: 'Use the new one.', replacedBy: 'io-github-acme-books-2' },
      metadata: { team: 'books' },
    },
    'com.example/other': { kept: true },
  },
}

const [npm, image, file] = FULL.packages
const [remote] = FULL.remotes

function sample(changes: object): { id: string; files: Record<string, string> } {
  return {
    id: 'io-github-acme-books',
    files: { 'server.json': `${JSON.stringify({ ...FULL, ...changes }, null, 2)}\n` },
  }
}
const withPackage = (changes: object) => sample({ packages: [{ ...npm, ...changes }] })
const withRemote = (changes: object) => sample({ remotes: [{ ...remote, ...changes }] })
const own = (changes: object) => sample({ _meta: { [OWN]: { owner: '@acme/books', ...changes } } })

/** Servers for the tests of the contract. */
export const serverSamples: KindSamples = {
  valid: [
    sample({}),
    own({}),
    own({ status: 'draft', owner: undefined }),
    sample({
      packages: [{ registryType: 'pypi', identifier: 'books', version: '1.0', transport: { type: 'stdio' } }],
    }),
  ],
  broken: [
    { what: 'a name without a slash', ...sample({ name: 'books' }), breaks: ['NOFX_FIELD_INVALID'] },
    {
      what: 'a name with two slashes',
      ...sample({ name: 'io/github/books' }),
      breaks: ['NOFX_FIELD_INVALID'],
    },
    { what: 'another folder', ...sample({}), id: 'books', breaks: ['NOFX_ID_FOLDER'] },
    {
      what: 'a long description',
      ...sample({ description: 'x'.repeat(101) }),
      breaks: ['NOFX_FIELD_INVALID'],
    },
    { what: 'a range', ...sample({ version: '^1.2.3' }), breaks: ['NOFX_FIELD_INVALID'] },
    { what: 'an unknown field', ...sample({ licence: 'MIT' }), breaks: ['NOFX_FIELD_UNKNOWN'] },
    { what: 'nothing to use', ...sample({ packages: [], remotes: [] }), breaks: ['NOFX_SERVER_NOWHERE'] },
    { what: 'no owner', ...sample({ _meta: undefined }), breaks: ['NOFX_OWNER_MISSING'] },
    { what: 'no reason', ...own({ status: 'deprecated' }), breaks: ['NOFX_DEPRECATION_MISSING'] },
    { what: 'a loose package', ...withPackage({ version: 'latest' }), breaks: ['NOFX_MCP_PACKAGE_UNPINNED'] },
    { what: 'no version', ...withPackage({ version: undefined }), breaks: ['NOFX_MCP_PACKAGE_UNPINNED'] },
    {
      what: 'a loose image',
      ...sample({ packages: [{ ...image, identifier: 'ghcr.io/acme/books:latest' }] }),
      breaks: ['NOFX_MCP_PACKAGE_UNPINNED'],
    },
    {
      what: 'a file without its hash',
      ...sample({ packages: [{ ...file, fileSha256: undefined }] }),
      breaks: ['NOFX_SERVER_SHA256_MISSING'],
    },
    {
      what: 'a shell',
      ...withPackage({
        runtimeHint: 'bash',
        runtimeArguments: [
          { type: 'positional', value: '-c' },
          { type: 'positional', value: 'ls' },
        ],
      }),
      breaks: ['NOFX_MCP_COMMAND_SHELL'],
    },
    {
      what: 'a secret by its value',
      ...withPackage({ environmentVariables: [{ name: 'BOOKS_TOKEN', default: 'hunter2hunter2' }] }),
      breaks: ['NOFX_SERVER_SECRET_LITERAL'],
    },
    {
      what: 'a variable twice',
      ...withPackage({ environmentVariables: [{ name: 'A' }, { name: 'A' }] }),
      breaks: ['NOFX_SERVER_INPUT_DUPLICATE'],
    },
    {
      what: 'a private host',
      ...withRemote({ url: 'https://10.0.0.1/mcp', variables: {} }),
      breaks: ['NOFX_MCP_URL_PRIVATE'],
    },
    {
      what: 'this machine',
      ...withRemote({ url: 'http://localhost:3000/mcp', variables: {} }),
      breaks: ['NOFX_MCP_URL_LOOPBACK'],
    },
    { what: 'no variables', ...withRemote({ variables: undefined }), breaks: ['NOFX_MCP_URL_VARIABLE'] },
    {
      what: 'variables that are not used',
      ...withRemote({ url: 'https://books.example.com/mcp' }),
      breaks: ['NOFX_MCP_URL_VARIABLE_UNUSED'],
    },
    { what: 'SSE', ...withRemote({ type: 'sse' }), breaks: ['NOFX_MCP_TRANSPORT_SSE'] },
  ],
}
