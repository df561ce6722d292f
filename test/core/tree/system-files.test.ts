import { expect, test } from 'vitest'
import { isSystemFile } from '../../../src/core/tree/system-files.ts'

const SYSTEM = [
  '.DS_Store',
  '.ds_store',
  '.localized',
  'Thumbs.db',
  'THUMBS.DB',
  'Thumbs.db:encryptable',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini',
  'Desktop.ini',
  'Icon\r',
  '.directory',
  '._resource',
  '._',
  'notes.md~',
  '~',
  '.#lock',
  '#autosave#',
  '.a.md.swp',
  '.a.swa',
  '.fuse_hidden0001',
  '.nfs0001',
]
const CONTENT = [
  'agent.json',
  'Icon',
  'icon.svg',
  'thumbs.db.md',
  'my.DS_Store',
  '.gitignore',
  '.env',
  'a~b',
  '#heading',
  'a.swp',
  '.a.swq',
  '.swp',
  'directory',
  'nfs',
  'desktop.ini.md',
  '',
]

test.each(SYSTEM)('%j is a file that a system or an editor leaves, in any folder', (name) => {
  expect(isSystemFile(name)).toBe(true)
  expect(isSystemFile(`agents/a/assets/${name}`)).toBe(true)
})

test.each(CONTENT)('%j is content', (name) => {
  expect(isSystemFile(name)).toBe(false)
  expect(isSystemFile(`agents/.DS_Store/${name}`)).toBe(false)
})
