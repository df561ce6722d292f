import { cpSync } from 'node:fs'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { lyingProxy } from '../harness/lying-proxy.ts'
import { follow } from './support/follow-hint.ts'
import { Follower } from './support/follower.ts'
import {
  ADA,
  GUEST,
  HOSTED_HINTS,
  type HostedHint,
  PASSWORDS,
  type Role,
  type World,
} from './support/hints/hosted.ts'
import { fillRegistry } from './support/hints/registry.ts'
import { SERVED_HINTS } from './support/hints/served.ts'
import { HostedProject } from './support/hosted-project.ts'

let world: World
let publisher: Follower
beforeAll(async () => {
  const project = await HostedProject.create()
  world = { project, proxy: await lyingProxy(project.url) }
  await project.invite(ADA)
  await project.invite(GUEST, 'guest')
  publisher = await enter('publisher', 'first')
  await fillRegistry(publisher)
})
afterAll(async () => {
  publisher.leave()
  await world.proxy.close()
  await world.project.remove()
})

/** The settings in which a role has signed in: signing in takes longer than most hints. */
const signedIn = new Map<Role, string>()

/** A person of this role, with settings of their own. */
async function enter(role: Role, settings: string): Promise<Follower> {
  const { project } = world
  const email = role === 'guest' ? GUEST : ADA
  const secret: Record<string, string> = role === 'owner' ? { SUPABASE_SECRET_KEY: project.keys.secret } : {}
  const env = {
    SUPABASE_URL: project.url,
    ...project.as(settings, { ...PASSWORDS, NOFX_EMAIL: email, ...secret }),
  }
  const person = publisher?.as(env) ?? new Follower(project, env)
  if (role === 'publisher' || role === 'guest') await signIn(role, person)
  return person
}

/** Signs in, once for each role; others have copies of the settings. */
async function signIn(role: Role, person: Follower): Promise<void> {
  const { XDG_CONFIG_HOME: folder = '' } = person.variables
  const first = signedIn.get(role)
  if (first !== undefined) return cpSync(first, folder, { recursive: true })
  await person.does('nofx login')
  const copy = `${folder}-signed-in`
  cpSync(folder, copy, { recursive: true })
  signedIn.set(role, copy)
}

describe('a hint of a hosted registry works as it is printed', () => {
  test.each(
    [...HOSTED_HINTS, ...SERVED_HINTS].map((hint, at): [string, HostedHint, number] => [
      `${at} ${hint.who} ${hint.sites.join()}`,
      hint,
      at,
    ]),
  )('%s', async (_name, hint, at) => {
    const person = await enter(hint.who, `settings-${at}`)
    const { shown, first, after } = hint
    await follow(
      {
        ...hint,
        shown: (one) => shown(one, world),
        first: (one) => first?.(one, world),
        after: (one) => after?.(one, world),
      },
      person,
    )
  })
})
