import { afterAll, beforeAll, describe, onTestFinished, test } from 'vitest'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { TestProject } from '../harness/project.ts'
import { follow, type Hint } from './support/follow-hint.ts'
import { Follower } from './support/follower.ts'
import { FOLDER_HINTS } from './support/hints/folder.ts'
import { MACHINE_HINTS } from './support/hints/machine.ts'

let database: CloudDatabase
beforeAll(async () => {
  database = await openedDatabase()
})
afterAll(() => database.drop())

describe('a hint about a folder or a repository works as it is printed', () => {
  test.each([...FOLDER_HINTS, ...MACHINE_HINTS].map((hint): [string, Hint] => [hint.sites.join(), hint]))(
    '%s',
    async (_sites, hint) => {
      const project = new TestProject({ NOFX_DATABASE_URL: database.url }, { resident: true })
      const person = new Follower(project)
      onTestFinished(() => {
        person.leave()
        return project.remove()
      })
      await follow(hint, person)
    },
  )
})
