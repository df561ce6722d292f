import type { KindSamples } from '../kind-conformance.ts'

const FULL = {
  $schema: 'https://unpkg.com/nofx/docs/schema/templates.json',
  schemaVersion: '1',
  templateId: 'ship-it',
  name: 'Ship it',
  description: 'Builds, looks at what was built, and ships it.',
  version: '1.2.3',
  status: 'deprecated',
  owner: '@acme/release',
  license: 'MIT OR Apache-2.0',
  repository: { url: 'https://github.com/acme/templates', source: 'github', subfolder: 'ship-it' },
  tags: ['release', 'git'],
  category: 'release',
  parameters: {
    type: 'object',
    properties: {
      repo: { type: 'string', minLength: 3, examples: ['acme/shop'] },
      level: { enum: ['low', 'high'], default: 'low' },
      options: { type: 'object', properties: { dry: { type: 'boolean', default: true } } },
      token: { $ref: '#/$defs/token', 'x-secret': true },
    },
    required: ['repo', 'token'],
    $defs: { token: { type: 'string', minLength: 8 } },
  },
  defaultPlan: {
    steps: [
      {
        id: 'build',
        name: 'Build it',
        agentId: 'builder',
        prompt: 'prompts/build.md',
        inputs: { options: '{{parameters.options}}', nested: { list: [1, '{{parameters.level}}', null] } },
        outputs: ['log'],
        timeoutMs: 60_000,
        retry: { maxAttempts: 3, backoffMs: 1000 },
      },
      {
        id: 'look',
        agentId: 'reviewer',
        when: '{{parameters.level}} == "high"',
        prompt: { text: 'Look at {{ steps.build.outputs.log }}, and at \\{{this}}.' },
        dependsOn: ['build'],
        onFailure: 'continue',
      },
      {
        id: 'ship',
        name: 'Ship it',
        agentId: 'builder',
        when: '!{{steps.look.outputs.verdict}}',
        prompt: { text: 'Ship {{parameters.repo}}.' },
        inputs: { token: '{{parameters.token}}' },
        dependsOn: ['build', 'look'],
        timeoutMs: 30_000,
        approval: 'manual',
        sideEffects: 'reversible',
        onFailure: 'rollback',
        rollback: { agentId: 'builder', prompt: 'prompts/undo.md', inputs: { repo: '{{parameters.repo}}' } },
      },
      {
        id: 'tell',
        agentId: 'reviewer',
        prompt: { text: 'Tell people.' },
        dependsOn: ['ship'],
        sideEffects: 'irreversible',
      },
    ],
  },
  expectedOutputs: [
    { id: 'verdict', type: 'json', fromStep: 'look', required: false, schema: { type: 'boolean' } },
    { id: 'report', type: 'file', fromStep: 'ship', required: true, path: 'out/report.md' },
    { id: 'pull', type: 'pr', fromStep: 'ship', description: 'The pull request' },
  ],
  rollbackAdvice: { summary: 'Revert the pull request.', steps: ['ship'], irreversible: ['tell'] },
  supportedAgents: ['builder@^1', { agentId: 'reviewer', range: '>=1 <2' }],
  resourceProfile: { timeoutMs: 120_000, memoryMb: 1024 },
  examples: [
    { name: 'As usual', description: 'What most want.', parameters: { repo: 'acme/shop' } },
    { name: 'With care', parameters: { repo: 'acme/shop', level: 'high', options: { dry: false } } },
  ],
  docs: 'guide.md',
  compatibility: { worker: '>=1.0.0' },
  deprecation: { message: 'Use the new one.', replacedBy: 'ship-better', sunsetAt: '2030-01-31' },
  metadata: { team: { room: 12 } },
}

const FILES = {
  'prompts/build.md': 'Build {{parameters.repo}}.\n',
  'prompts/undo.md': 'Take back {{steps.ship.outputs.pull}}.\n',
  'guide.md': '# Ship it\n',
}

const [build, look, ship, tell] = FULL.defaultPlan.steps

function sample(changes: object, files: object = FILES): { id: string; files: Record<string, string> } {
  return {
    id: FULL.templateId,
    files: { 'template.json': `${JSON.stringify({ ...FULL, ...changes }, null, 2)}\n`, ...files },
  }
}

const plan = (...steps: object[]) => sample({ defaultPlan: { steps } })

const DRAFT = { templateId: 'sketch', name: 'Sketch', description: 'Not ready.', status: 'draft' }

/** Templates for the tests of the contract. */
export const templateSamples: KindSamples = {
  valid: [
    sample({}),
    sample({ defaultPlan: 'plan.json' }, { ...FILES, 'plan.json': JSON.stringify(FULL.defaultPlan) }),
    { id: 'sketch', files: { 'template.json': JSON.stringify(DRAFT) } },
  ],
  broken: [
    { what: 'no owner', ...sample({ owner: undefined }), breaks: ['NOFX_OWNER_MISSING'] },
    { what: 'an unknown field', ...sample({ colour: 'blue' }), breaks: ['NOFX_FIELD_UNKNOWN'] },
    {
      what: 'steps in a circle',
      ...plan({ ...build, dependsOn: ['tell'] }, { ...look }, { ...ship }, { ...tell }),
      breaks: ['NOFX_STEP_CYCLE'],
    },
    {
      what: 'an output that is not there yet',
      ...plan({ ...build, when: '{{steps.look.outputs.verdict}}' }, { ...look }, { ...ship }, { ...tell }),
      breaks: ['NOFX_PLACEHOLDER_ORDER'],
    },
    {
      what: 'a step by two',
      ...plan({ ...build, skill: 'building' }, { ...look }, { ...ship }, { ...tell }),
      breaks: ['NOFX_STEP_AGENT'],
    },
    {
      what: 'an example that does not fit',
      ...sample({ examples: [{ name: 'Odd', parameters: { repo: 7 } }] }),
      breaks: ['NOFX_PARAMETER_INVALID'],
    },
    {
      what: 'advice that forgets a step',
      ...sample({ rollbackAdvice: 'Revert the pull request of ship.' }),
      breaks: ['NOFX_ROLLBACK_STEP'],
    },
    {
      what: 'too little time',
      ...sample({ resourceProfile: { timeoutMs: 89_999 } }),
      breaks: ['NOFX_TIMEOUT_PATH'],
    },
    {
      what: 'no file',
      ...sample({ docs: 'none.md' }),
      breaks: ['NOFX_FILE_MISSING', 'NOFX_FILE_UNNAMED'],
    },
    { what: 'another folder', ...sample({}), id: 'other-one', breaks: ['NOFX_ID_FOLDER'] },
  ],
}
