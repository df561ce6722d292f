import { createClient } from '@supabase/supabase-js'
import { withoutRealtime } from '../../../../src/edge/http/client-options.ts'
import type { Follower } from '../follower.ts'
import type { HostedHint, World } from './hosted.ts'

/** The problem that the API answers. */
async function asked({ project }: World, path: string, init: RequestInit = {}): Promise<string> {
  const answer = await fetch(`${project.url}${path}`, init)
  const { detail, hint } = (await answer.json()) as { detail?: string; hint?: string }
  return `${answer.status} ${detail}\n  hint: ${hint}`
}

/** Removes the bundle of the live version from storage. */
async function loseBundle(world: World, id: string): Promise<string> {
  const { project } = world
  const [row] = await project.database.query(
    'select bundle_path from public.registry_revisions where id = $1 order by version desc limit 1',
    [id],
  )
  const path = String(row?.bundle_path)
  await bucketOf(world).remove([path])
  return path
}

const bucketOf = ({ project }: World) =>
  createClient(project.url, project.keys.secret, withoutRealtime(fetch)).storage.from('registry')

const heals = (person: Follower, id: string) =>
  person.does(`nofx registry pull agents/${id} --to .git/pulled-${id}`)

/** Hints in the answers of the server, for those who ask it without the CLI. */
export const SERVED_HINTS: HostedHint[] = [
  {
    who: 'publisher',
    sites: ['src/commands/registry/verify.ts: nofx registry verify'],
    shown: async (person, world) => {
      await person.publishes('lost-3', 'Lost.\n')
      await loseBundle(world, 'lost-3')
      return person.fails('nofx registry verify agents/lost-3')
    },
    after: (person) => heals(person, 'lost-3'),
  },
  {
    who: 'publisher',
    sites: ['src/core/fetch-bundle.ts: nofx registry verify --repair'],
    shown: async (person, world) => {
      await person.publishes('bent', 'Bent.\n')
      const path = await loseBundle(world, 'bent')
      await bucketOf(world).upload(path, Buffer.alloc(500, '<'), { contentType: 'application/gzip' })
      return person.fails('nofx registry pull agents/bent --to .git/pulled-bent')
    },
    after: (person) => heals(person, 'bent'),
  },
  {
    who: 'publisher',
    sites: ['src/api/discovery/mcp-registry/refuse-writes.ts: nofx registry publish'],
    shown: (_person, world) => asked(world, '/v0.1/publish', { method: 'POST' }),
  },
  {
    who: 'publisher',
    sites: [
      'src/api/discovery/mcp-registry/refuse-writes.ts: nofx registry disable servers/<id> --reason <reason>',
    ],
    shown: async (person, world) => {
      await person.does('nofx new server com.acme/files')
      person.project.commit()
      await person.does('nofx registry publish servers')
      return asked(world, '/v0.1/servers/com.acme%2Ffiles/versions/1.0.0', { method: 'DELETE' })
    },
    put: { '<id>': 'com-acme-files' },
  },
  {
    who: 'publisher',
    sites: ['src/api/routes/redirect-to-bundle.ts: nofx registry verify --repair'],
    shown: async (person, world) => {
      await person.publishes('lost-1', 'Lost.\n')
      await loseBundle(world, 'lost-1')
      return asked(world, '/api/agents/lost-1/bundle')
    },
    after: (person) => heals(person, 'lost-1'),
  },
  {
    who: 'publisher',
    sites: ['src/cloud/registry/bundle-storage.ts: nofx registry verify --repair'],
    shown: async (person, world) => {
      await person.publishes('lost-2', 'Lost.\n')
      await loseBundle(world, 'lost-2')
      return person.fails('nofx registry pull agents/lost-2 --to .git/pulled-lost-2')
    },
    after: (person) => heals(person, 'lost-2'),
  },
]
