import { afterAll, beforeAll, describe, test } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { follow, type Hint } from './support/follow-hint.ts'
import { Follower } from './support/follower.ts'
import { fillRegistry, REGISTRY_HINTS } from './support/hints/registry.ts'
import { WORKER_HINTS } from './support/hints/worker.ts'

let person: Follower
beforeAll(async () => {
  person = new Follower(await PostgresProject.create())
  await fillRegistry(person)
})
afterAll(async () => {
  person.leave()
  await person.project.remove()
})

describe('a hint of a registry works as it is printed', () => {
  test.each([...REGISTRY_HINTS, ...WORKER_HINTS].map((hint): [string, Hint] => [hint.sites.join(), hint]))(
    '%s',
    (_sites, hint) => follow(hint, person),
  )
})
