// Writes N agents of about 7.5 kB in 4 files each (3 kB manifest, two prompts of 2 kB, mcp.json), with the same
// content in every run.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const WORDS =
  'review change risk test patch deploy queue index schema cache token policy agent plan step output input error retry limit'.split(
    ' ',
  )

export function prose(seed, bytes) {
  let text = ''
  for (let n = seed; text.length < bytes; n = (n * 1103515245 + 12345) & 0x7fffffff) {
    text += `${WORDS[n % WORDS.length]}${n % 11 === 0 ? '.\n' : ' '}`
  }
  return text.slice(0, bytes)
}

const agent = (id, n) => ({
  agentId: id,
  name: `Agent ${n}`,
  description: prose(n, 240).replaceAll('\n', ' ').trim(),
  owner: '@acme/platform',
  license: 'MIT',
  tags: ['bench', `group-${n % 20}`],
  skills: Array.from({ length: 6 }, (_, i) => ({
    id: `skill-${i}`,
    name: `Skill ${i}`,
    description: prose(n + i, 260)
      .replaceAll('\n', ' ')
      .trim(),
    tags: ['bench'],
  })),
  model: { provider: 'anthropic', name: 'sonnet', params: { temperature: 0.2, maxOutputTokens: 4096 } },
  prompts: {
    system: 'prompts/system.md',
    task: { path: 'prompts/task.md', role: 'user', variables: ['change'] },
  },
  mcp: 'mcp.json',
  resourceProfile: { cpu: 1, memoryMb: 512, timeoutMs: 60000, maxTokens: 100000, maxToolCalls: 50 },
  permissions: { network: true, hosts: ['mcp.example.com'], filesystem: 'read', secrets: ['DOCS_TOKEN'] },
})

const mcp = (n) => ({
  mcpServers: {
    docs: {
      type: 'streamable-http',
      url: `https://mcp.example.com/docs/${n}`,
      headers: { 'X-Api-Key': '$' + '{DOCS_TOKEN}' },
      allowedTools: ['search', 'fetch'],
    },
  },
})

/** Creates `count` agents under `<root>/agents/`. */
export function generate(root, count) {
  for (let n = 0; n < count; n++) {
    const id = `bench-agent-${String(n).padStart(5, '0')}`
    const dir = join(root, 'agents', id)
    mkdirSync(join(dir, 'prompts'), { recursive: true })
    writeFileSync(join(dir, 'agent.json'), JSON.stringify(agent(id, n), null, 2))
    writeFileSync(join(dir, 'prompts/system.md'), prose(n * 7 + 1, 2000))
    writeFileSync(join(dir, 'prompts/task.md'), `${prose(n * 13 + 5, 1980)} {{change}}`)
    writeFileSync(join(dir, 'mcp.json'), JSON.stringify(mcp(n), null, 2))
  }
}
