import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { removePrivate } from '../../../src/worker/run/private-folder.ts'

/** Runs `work` as another user when the test runs as root, whom permissions do not stop. */
function asSomebody<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work()
  process.seteuid?.(65_534)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
  }
}

test.skipIf(process.platform === 'win32')(
  'a private folder is removed with its read-only folders, and links in it are not followed',
  () => {
    asSomebody(() => {
      const root = mkdtempSync(join(tmpdir(), 'nofx-private-'))
      const [folder, outside] = [join(root, 'run'), join(root, 'outside')]
      mkdirSync(join(folder, 'kept/inner'), { recursive: true })
      mkdirSync(outside, { mode: 0o500 })
      writeFileSync(join(folder, 'kept/inner/file'), 'x')
      symlinkSync(outside, join(folder, 'kept/link'))
      for (const name of ['kept/inner', 'kept', '.']) chmodSync(join(folder, name), 0o500)
      removePrivate(folder)
      expect(existsSync(folder)).toBe(false)
      expect(statSync(outside).mode & 0o777).toBe(0o500)
      rmSync(root, { recursive: true })
    })
  },
)
