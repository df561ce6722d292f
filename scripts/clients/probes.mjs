// Agents that use what a client may refuse: every mix of permissions, and every form of an MCP server.
const LEVELS = ['none', 'read', 'write']
const HOSTS = { none: [], named: ['api.example.com'], every: ['*'] }
const SERVERS = {
  'docs-http': {
    type: 'streamable-http',
    url: 'https://mcp.example.com/mcp',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a secret is written like this
    headers: { Authorization: '${DOCS_TOKEN}' },
    allowedTools: ['search', 'read_page'],
    timeoutMs: 30_000,
  },
  'docs-sse': { type: 'sse', url: 'https://mcp.example.com/sse' },
  local: {
    type: 'stdio',
    command: 'npx',
    args: ['-y', '@example/server@1.2.3'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a secret is written like this
    env: { LOCAL_TOKEN: '${LOCAL_TOKEN}' },
    capabilities: ['resources'],
  },
}
const PROMPTS = [
  'Plain.\n',
  'A "quote", a \\ backslash, """ three quotes and a tab\there.\n\n---\n\nA line of dashes.\n',
  'Unicode: ä 漢 🎉, and a name in braces: $'.concat('{HOME}.\n'),
]

/** The files of the probes, by path below the definitions. */
export function probeFiles() {
  const files = {}
  let at = 0
  for (const filesystem of LEVELS)
    for (const shell of [false, true])
      for (const [hosts, list] of Object.entries(HOSTS)) {
        const id = `probe-${filesystem}-${shell ? 'shell' : 'still'}-${hosts}`
        const withServers = at % 2 === 0
        Object.assign(files, probe(id, { filesystem, shell, list, withServers, prompt: PROMPTS[at % 3] }))
        at += 1
      }
  return { ...files, ...SKILLS }
}

const OWNER = 'nofx-owner: "@acme/tools"'
/** Skills: one with every field and kind of file, and one with what is required alone. */
const SKILLS = {
  'skills/probe-full/SKILL.md': [
    ...['---', 'name: probe-full', 'description: >-', '  Uses "quotes", a colon: and', '  two lines.'],
    ...['license: MIT', 'compatibility: Requires Python 3', 'metadata:', `  ${OWNER}`, '  nofx-tags: a b'],
    ...['allowed-tools: Read Bash(git log:*)', '---', '', '# Probe', '', 'Run [it](scripts/run.sh).', ''],
  ].join('\n'),
  'skills/probe-full/scripts/run.sh': '#!/bin/sh\necho 1\n',
  'skills/probe-full/references/more.md': '# More\n',
  'skills/probe-small/SKILL.md': `---\nname: probe-small\ndescription: Is small.\nmetadata: {${OWNER}}\n---\nBe small.\n`,
}

function probe(id, { filesystem, shell, list, withServers, prompt }) {
  const servers = withServers ? { mcp: { mcpServers: SERVERS } } : {}
  const hosts = [...list, ...(withServers && !list.includes('*') ? ['mcp.example.com'] : [])]
  const manifest = {
    agentId: id,
    name: `Probe: ${id}`,
    description: 'Uses "quotes", a colon: and # a hash, so that a client reads it all.',
    owner: '@acme/tools',
    skills: [{ id: 'probe', name: 'Probe', description: 'Tries a client.' }],
    prompts: { system: 'prompts/system.md' },
    ...servers,
    permissions: {
      filesystem,
      shell,
      network: hosts.length > 0,
      ...(hosts.length > 0 ? { hosts } : {}),
      ...(withServers ? { secrets: ['DOCS_TOKEN', 'LOCAL_TOKEN'] } : {}),
    },
  }
  return {
    [`agents/${id}/agent.json`]: `${JSON.stringify(manifest, null, 2)}\n`,
    [`agents/${id}/prompts/system.md`]: prompt,
  }
}
