import { afterAll, beforeAll, describe, test } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'
import { follow, type Hint } from './support/follow-hint.ts'
import { Follower, type Served } from './support/follower.ts'
import { devHints, NO_DEV_HINTS } from './support/hints/dev.ts'

let person: Follower
let running: Served
beforeAll(async () => {
  person = new Follower(await PostgresProject.create())
  person.project.write(agentFiles('reviewer')).commit()
  running = await person.serve(['dev', '--seed'])
})
afterAll(async () => {
  await running.end()
  person.leave()
  await person.project.remove()
})

describe('a hint about nofx dev works as it is printed', () => {
  const hints = [...devHints(() => running), ...NO_DEV_HINTS]
  test.each(hints.map((hint): [string, Hint] => [hint.sites.join(), hint]))('%s', (_sites, hint) =>
    follow(hint, person),
  )
})
