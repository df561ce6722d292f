import { schemaUrl } from '../../contract/manifest/json-schema.ts'

/** The files of a new agent that is valid as it is. */
export function scaffoldAgent(id: string, { owner }: { owner: string }): Record<string, string> {
  const name = buildTitle(id)
  const manifest = {
    $schema: schemaUrl('agents'),
    schemaVersion: '1',
    agentId: id,
    name,
    description: `${name}: say in a sentence or two what it does and when to use it.`,
    version: '0.1.0',
    status: 'active',
    owner,
    skills: [{ id, name, description: 'Say what users can ask it to do.' }],
    prompts: { system: 'prompts/system.md' },
    resourceProfile: 'small',
  }
  return {
    'agent.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'prompts/system.md': `# ${name}\n\nYou are ${name}. Say here what you do, how, and what you never do.\n`,
  }
}

function buildTitle(id: string): string {
  const words = id.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
