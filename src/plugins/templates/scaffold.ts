import { schemaUrl } from '../../contract/manifest/json-schema.ts'

/** Two steps, the second of which reads an output of the first, to show how steps depend on each other. */
const PLAN = {
  steps: [
    { id: 'look', name: 'Look', skill: 'research', prompt: 'prompts/look.md' },
    {
      id: 'report',
      name: 'Report',
      skill: 'writing',
      prompt: 'prompts/report.md',
      inputs: { notes: '{{steps.look.outputs.notes}}' },
      dependsOn: ['look'],
    },
  ],
}

/**
 * The files of a new template that is valid as it is. It is a draft, because only its author knows the agents for its
 * steps.
 */
export function scaffoldTemplate(id: string, { owner }: { owner: string }): Record<string, string> {
  const name = buildTitle(id)
  const manifest = {
    $schema: schemaUrl('templates'),
    schemaVersion: '1',
    templateId: id,
    name,
    description: `${name}: say in a sentence or two what it does and when to use it.`,
    version: '0.1.0',
    status: 'draft',
    owner,
    category: 'general',
    parameters: {
      type: 'object',
      properties: { subject: { type: 'string', description: 'What to look at.', minLength: 1 } },
      required: ['subject'],
    },
    defaultPlan: PLAN,
    expectedOutputs: [
      { id: 'notes', type: 'text', fromStep: 'look', required: false },
      { id: 'report', type: 'text', fromStep: 'report', required: true },
    ],
    rollbackAdvice: 'Nothing outside of the run is changed: throw its report away.',
    supportedAgents: [],
    resourceProfile: 'standard',
    examples: [{ name: 'A first try', parameters: { subject: 'the last release' } }],
  }
  return {
    'template.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'prompts/look.md': 'Look at {{parameters.subject}} and note what matters, each point with its source.\n',
    'prompts/report.md': 'Write a report on {{parameters.subject}} from the notes that you are given.\n',
    'docs.md': renderDocs(name),
  }
}

function renderDocs(name: string): string {
  return `# ${name}

Say here what people should know before they run it: what it needs, what it leaves behind, and how long it takes.

Before it goes live: name the agents that may take its steps in "supportedAgents", ask for skills that they offer (or
name one agent for a step, with "agentId"), and set "status" to "active".
`
}

function buildTitle(id: string): string {
  const words = id.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
