import { OWN_KEY } from './manifest/own-values.ts'
import { FORM_URL } from './manifest/schema.ts'

/** The files of a new server that is valid as it is; its id is made from its name. */
export function scaffoldServer(
  id: string,
  { owner, name }: { owner: string; name?: string },
): Record<string, string> {
  const manifest = {
    $schema: FORM_URL,
    name: name ?? nameFor(id),
    description: 'Say in at most 100 characters what the server does.',
    version: '0.1.0',
    remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com/mcp' }],
    _meta: { [OWN_KEY]: { owner } },
  }
  return { 'server.json': `${JSON.stringify(manifest, null, 2)}\n` }
}

/** The name of a server with this id: the last word is its own name, and the words before it are its namespace. */
function nameFor(id: string): string {
  const words = id.split('-')
  const [own = id] = words.slice(-1)
  return `${words.slice(0, -1).join('.')}/${own}`
}
