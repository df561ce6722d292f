import * as fs from 'node:fs'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Disk } from '../../src/core/disk/write-folder.ts'
import { scaffold } from '../../src/core/scaffold.ts'
import { outsideKind } from '../conformance/outside-kind.ts'
import { filesIn, tempFolder } from '../import/support/temp-folder.ts'

const kind = await outsideKind('nofx-kind-playbooks')
const owner = 'team@example.com'

describe('a new definition', () => {
  test("gets the kind's files in its own folder", async () => {
    const root = tempFolder()
    const made = await scaffold({ root, kind, id: 'database-down', owner })
    const dir = join(root, 'playbooks', 'database-down')
    expect(made).toEqual({
      id: 'database-down',
      dir,
      files: ['playbook.json', 'steps/look.md', 'steps/mend.md'],
    })
    expect(filesIn(dir)).toEqual(kind.scaffold!('database-down', { owner }))
  })

  test.each([
    ['Database Down', 'use "database-down"'],
    ['../../etc', 'use "etc"'],
    ['a', 'use 2 to 64 characters'],
    ['', 'use 2 to 64 characters'],
    ['nul', 'use 2 to 64 characters'],
    ['x'.repeat(65), `use "${'x'.repeat(64)}"`],
    ['日本', 'use 2 to 64 characters'],
  ])('is refused for the id %j, with a valid id in the hint', async (id, hint) => {
    const root = tempFolder()
    await expect(scaffold({ root, kind, id, owner })).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining(hint),
    })
    expect(filesIn(root)).toEqual({})
  })

  test('never replaces an existing definition', async () => {
    const root = tempFolder({ 'playbooks/database-down/playbook.json': 'mine' })
    await expect(scaffold({ root, kind, id: 'database-down', owner })).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('playbook "database-down" exists already'),
    })
    expect(filesIn(root)).toEqual({ 'playbooks/database-down/playbook.json': 'mine' })
  })

  test('is created once by two concurrent calls', async () => {
    const root = tempFolder()
    const both = await Promise.allSettled([
      scaffold({ root, kind, id: 'database-down', owner }),
      scaffold({ root, kind, id: 'database-down', owner }),
    ])
    expect(both.map((each) => each.status)).toEqual(['fulfilled', 'rejected'])
  })

  test('is not created in part if the disk is full', async () => {
    const root = tempFolder()
    let writes = 0
    const disk = {
      ...fs,
      writeFileSync: (path: string, text: string): void => {
        writes += 1
        if (writes === 2) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
        writeFileSync(path, text)
      },
    } as unknown as Disk
    await expect(scaffold({ root, kind, id: 'database-down', owner, disk })).rejects.toMatchObject({
      code: 'DISK_FULL',
    })
    expect(filesIn(root)).toEqual({})
    await expect(scaffold({ root, kind, id: 'database-down', owner })).resolves.toMatchObject({
      files: { length: 3 },
    })
  })

  test('is refused if a file is in its place', async () => {
    const root = tempFolder({ playbooks: 'a file' })
    await expect(scaffold({ root, kind, id: 'database-down', owner })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
    })
  })

  test('is refused for a kind whose files leave the folder', async () => {
    const root = tempFolder()
    mkdirSync(join(root, 'playbooks'), { recursive: true })
    const hostile = { ...kind, scaffold: () => ({ '../evil.md': 'x' }) }
    await expect(scaffold({ root, kind: hostile, id: 'database-down', owner })).rejects.toMatchObject({
      code: 'REFUSED',
    })
    expect(filesIn(root)).toEqual({})
  })
})
