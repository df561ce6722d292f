import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Hint } from '../follow-hint.ts'
import type { Follower, Served } from '../follower.ts'

/** What the server answers under a name that is not its own. */
function askAs(host: string, url: string): Promise<string> {
  return new Promise((done, fail) => {
    const { hostname, port } = new URL(url)
    const options = { hostname, port, path: '/api/agents', headers: { host } }
    request(options, async (answer) => done(JSON.parse(await text(answer)).hint))
      .on('error', fail)
      .end()
  })
}

/** The address of a `nofx dev`. */
const urlOf = ({ shown }: Served) => /http:\/\/\S+/.exec(shown)?.[0] ?? shown

/** Hints about `nofx dev`, for the folder where it runs. */
export function devHints(running: () => Served): Hint[] {
  return [
    {
      sites: ['src/commands/dev.ts: export SUPABASE_URL=<value> SUPABASE_SECRET_KEY="<value>"'],
      shown: async () => running().shown,
      after: (person) => person.as({ NOFX_DATABASE_URL: '' }).does('nofx registry list'),
    },
    {
      sites: ['src/dev/foreign-pages.ts: nofx dev --allow-host <value>'],
      first: () => running().end(),
      shown: async () => `hint: ${await askAs('dev.corp.example', urlOf(running()))}`,
    },
  ]
}

/** Hints for a folder where `nofx dev` does not run. */
export const NO_DEV_HINTS: Hint[] = [
  {
    sites: ['src/dev/console/request-sign-in.ts: nofx dev --seed'],
    shown: (person: Follower) => person.fails('nofx console'),
  },
]
