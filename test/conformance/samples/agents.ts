import type { KindSamples } from '../kind-conformance.ts'

const FULL = {
  schemaVersion: '1',
  agentId: 'release-helper',
  name: 'Release helper',
  description: 'Writes release notes from merged changes.',
  version: '1.2.3',
  status: 'deprecated',
  owner: '@acme/release',
  license: 'MIT OR Apache-2.0',
  repository: { url: 'https://github.com/acme/agents', source: 'github', subfolder: 'release' },
  tags: ['release', 'git'],
  skills: [
    {
      id: 'notes',
      name: 'Release notes',
      description: 'Writes them.',
      tags: ['docs'],
      examples: ['What is new?'],
    },
    {
      id: 'changelog',
      name: 'Changelog',
      description: 'Keeps it.',
      inputModes: ['text/plain'],
      outputModes: ['text/plain'],
    },
  ],
  model: {
    provider: 'anthropic',
    name: 'claude-sonnet-4-5',
    params: { temperature: 0.2, maxOutputTokens: 2000 },
  },
  prompts: {
    system: {
      path: 'prompts/system.md',
      role: 'system',
      variables: ['project', { name: 'tone', default: 'plain' }],
    },
    review: 'prompts/review.md',
  },
  mcp: {
    mcpServers: {
      github: {
        type: 'streamable-http',
        url: 'https://{tenant}.mcp.example.com/v1',
        headers: { Authorization: `\${GITHUB_TOKEN}` },
        variables: { tenant: { choices: ['eu', 'us'], default: 'eu' } },
        allowedTools: ['list_pulls'],
      },
      files: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', '@acme/files@1.0.0'],
        env: { TOKEN: `\${FILES_TOKEN}` },
      },
    },
  },
  resourceProfile: { cpu: 2, memoryMb: 1024, timeoutMs: 60_000, maxTokens: 100_000, maxConcurrency: 2 },
  permissions: {
    network: true,
    hosts: ['*.mcp.example.com'],
    filesystem: 'read',
    shell: false,
    secrets: ['GITHUB_TOKEN', 'FILES_TOKEN'],
  },
  inputSchema: { type: 'object', properties: { from: { type: 'string' } } },
  outputSchema: { type: 'string' },
  dependencies: { agents: ['code-reviewer@^1', { agentId: 'test-writer' }], packages: ['npm:zod@4.1.0'] },
  compatibility: { worker: '>=1.0.0' },
  deprecation: { message: 'Use the new one.', replacedBy: 'release-writer', sunsetAt: '2030-01-31' },
  evals: { suite: 'evals/suite.json', minPassRate: 0.9 },
  metadata: { team: { room: 12 } },
}

const FILES = {
  'prompts/system.md': 'You help to release {{project}} in a {{tone}} tone.\n',
  'prompts/review.md': 'Look at the notes again.\n',
  'evals/suite.json': '[]\n',
}

function sample(changes: object): { id: string; files: Record<string, string> } {
  return {
    id: FULL.agentId,
    files: { 'agent.json': `${JSON.stringify({ ...FULL, ...changes }, null, 2)}\n`, ...FILES },
  }
}

const DRAFT = { agentId: 'sketch', name: 'Sketch', description: 'Not ready.', status: 'draft' }

/** Agents for the tests of the contract. */
export const agentSamples: KindSamples = {
  valid: [sample({}), { id: 'sketch', files: { 'agent.json': JSON.stringify(DRAFT) } }],
  broken: [
    { what: 'no owner', ...sample({ owner: undefined }), breaks: ['NOFX_OWNER_MISSING'] },
    { what: 'an unknown field', ...sample({ colour: 'blue' }), breaks: ['NOFX_FIELD_UNKNOWN'] },
    {
      what: 'a skill twice',
      ...sample({ skills: [...FULL.skills, { ...FULL.skills[0], id: 'NOTES' }] }),
      breaks: ['NOFX_SKILL_DUPLICATE'],
    },
    {
      what: 'variables that are not declared',
      ...sample({ prompts: { system: 'prompts/system.md', review: 'prompts/review.md' } }),
      breaks: ['NOFX_PROMPT_VARIABLE_UNDECLARED'],
    },
    {
      what: 'no file',
      ...sample({ evals: { suite: 'evals/none.json' } }),
      breaks: ['NOFX_FILE_MISSING', 'NOFX_FILE_UNNAMED'],
    },
    { what: 'another folder', ...sample({}), id: 'other-one', breaks: ['NOFX_ID_FOLDER'] },
  ],
}
