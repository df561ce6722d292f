import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'
import type { Queryable } from '../harness/invariants.ts'
import type { TestProject } from '../harness/project.ts'
import { describeKills } from './support/kill-points.ts'

const inData = ({ root }: TestProject, ...path: string[]) => join(root, '.nofx', ...path)

describeKills('the embedded cloud', 50, async () => ({
  env: {},
  prepare: ({ root }) => placeEmbedded(root),
  async inspect(project, look) {
    const cloud = await openCloud({ root: project.root })
    const { driver } = cloud.app.connection as unknown as { driver: PGlite }
    const db: Queryable = { query: async (sql) => (await driver.query<Record<string, unknown>>(sql)).rows }
    const fileSize = (path: string) =>
      statSync(inData(project, 'storage/registry', path), { throwIfNoEntry: false })?.size
    const storage = { has: async (path: string, size: number) => fileSize(path) === size }
    return look(db, storage).finally(() => cloud.close())
  },
  isOpening: async (project) => existsSync(inData(project, 'lock')),
  drop: async () => {},
}))
