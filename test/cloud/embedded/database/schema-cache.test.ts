import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSchemaCache } from '../../../../src/cloud/embedded/database/schema-cache.ts'
import { tempFolder } from '../../../import/support/temp-folder.ts'

const SCHEMA = JSON.stringify({ tables: [{ name: 'registry_heads', note: 'tab\tand\nline' }] })

test('a schema is read again for the same database, unless the file is damaged in any way', async () => {
  const folder = tempFolder()
  const path = join(folder, 'schema.json')
  const open = (database = 'one') => createSchemaCache(path, database)
  expect(await open().get()).toBeUndefined()
  await open().set('', SCHEMA)
  expect(await open().get()).toBe(SCHEMA)
  expect(await open('two').get()).toBeUndefined()
  expect(readdirSync(folder)).toEqual(['schema.json'])
  const whole = readFileSync(path)
  for (let at = 0; at < whole.length; at++) {
    const other = Buffer.from(whole)
    other[at] = (other[at] ?? 0) ^ 1
    for (const bytes of [other, whole.subarray(0, at)]) {
      writeFileSync(path, bytes)
      expect([at, await open().get()]).toEqual([at, undefined])
    }
  }
})

test('a folder in the place of the file leaves commands without it, and nothing beside it', async () => {
  const folder = tempFolder()
  const path = join(folder, 'schema.json')
  mkdirSync(path)
  const cache = createSchemaCache(path)
  await cache.set('', SCHEMA)
  expect(await cache.get()).toBeUndefined()
  expect(readdirSync(folder)).toEqual(['schema.json'])
  rmSync(path, { recursive: true })
  await cache.set('', SCHEMA)
  cache.keep()
  await cache.delete()
  expect(existsSync(path)).toBe(true)
})
