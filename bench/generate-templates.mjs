// Writes N templates of 20 steps each for the first agents of generate.mjs, laid out like the real workflows that
// `nofx import claude` imports: a prompt file of about 760 bytes for each step, and 12 kB of docs.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prose } from './generate.mjs'

const STEPS = 20
const agentId = (n) => `bench-agent-${String(n).padStart(5, '0')}`

const promptPath = (index) => `prompts/step-${index}.md`

const step = (index) => ({
  id: `step-${index}`,
  name: `Step ${index}`,
  ...(index % 3 === 0 ? { skill: `skill-${index % 6}` } : { agentId: agentId(index % 5) }),
  prompt: promptPath(index),
  inputs:
    index === 0 ? { depth: '{{parameters.depth}}' } : { before: `{{steps.step-${index - 1}.outputs.notes}}` },
  dependsOn: index === 0 ? [] : [`step-${index - 1}`],
  outputs: ['notes'],
  timeoutMs: 30000,
})

const template = (id, n) => ({
  templateId: id,
  name: `Template ${n}`,
  description: prose(n, 200).replaceAll('\n', ' ').trim(),
  owner: '@acme/platform',
  category: 'bench',
  parameters: {
    type: 'object',
    properties: {
      repository: { type: 'string', pattern: '^[^/]+/[^/]+$' },
      depth: { type: 'integer', minimum: 1, maximum: 9, default: 2 },
    },
    required: ['repository'],
  },
  defaultPlan: { steps: Array.from({ length: STEPS }, (_, index) => step(index)) },
  expectedOutputs: [{ id: 'result', type: 'text', fromStep: `step-${STEPS - 1}`, required: true }],
  rollbackAdvice: 'Nothing outside of the run is changed.',
  supportedAgents: [0, 1, 2, 3, 4].map((index) => ({ agentId: agentId(index) })),
  resourceProfile: { memoryMb: 2048, timeoutMs: 3600000 },
  examples: [{ name: 'As usual', parameters: { repository: `acme/repo-${n}` } }],
})

/** Creates `count` templates under `<root>/templates/`. */
export function generateTemplates(root, count) {
  for (let n = 0; n < count; n++) {
    const id = `bench-template-${String(n).padStart(5, '0')}`
    const dir = join(root, 'templates', id)
    mkdirSync(join(dir, 'prompts'), { recursive: true })
    writeFileSync(join(dir, 'template.json'), JSON.stringify(template(id, n), null, 2))
    for (let index = 0; index < STEPS; index++)
      writeFileSync(join(dir, promptPath(index)), `${prose(n * 7 + index, 730)} {{parameters.repository}}`)
    writeFileSync(join(dir, 'docs.md'), prose(n * 13 + 5, 12_000))
  }
}
