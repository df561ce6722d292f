import { existsSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { filesUnder, importsOf } from '../house/sources.ts'
import { readPages } from './pages.ts'
import { pictureOf, picturesOf } from './pictures.ts'

const page = readPages().find(({ path }) => path === 'docs/architecture.md')!
const pictures = picturesOf(page).map((picture, index) => ({ name: index + 1, ...picture }))
const imports = ['src', 'api'].flatMap((folder) => filesUnder(folder)).flatMap(importsOf)

const isImported = (from: string, to: string) =>
  imports.some((one) => one.from.startsWith(`${from}/`) && one.to.startsWith(`${to}/`))

it('docs/architecture.md shows the pipeline, a request and an event', () => {
  expect(pictures.map(({ boxes }) => boxes.length > 5)).toEqual([true, true, true])
})

describe.each(pictures)('picture $name of docs/architecture.md', ({ boxes, arrows, strange }) => {
  const pathOf = (name: string) => boxes.find((box) => box.name === name)!.path

  it('consists of boxes and arrows', () => {
    expect(strange).toEqual([])
  })

  it('has boxes that are folders, each with an arrow', () => {
    const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory()
    expect(boxes.filter(({ path }) => !isFolder(path))).toEqual([])
    const joined = new Set(arrows.flatMap(({ from, to }) => [from, to]))
    expect(boxes.filter(({ name }) => !joined.has(name))).toEqual([])
  })

  it('has a solid arrow only if one folder imports the other', () => {
    const solid = arrows.filter(({ isImport }) => isImport).map((one) => [pathOf(one.from), pathOf(one.to)])
    expect(solid.filter(([a = '', b = '']) => !isImported(a, b) && !isImported(b, a))).toEqual([])
  })
})

it('a line that is neither a box nor an arrow between boxes is reported', () => {
  const picture = pictureOf(
    'flowchart TD\n  a["src/api<br/>x"]\n  b["src<br/>y"]\n  a -.-> b\n  a --> c\n  b["z"]',
  )
  expect(picture).toEqual({
    boxes: [
      { name: 'a', path: 'src/api' },
      { name: 'b', path: 'src' },
    ],
    arrows: [{ from: 'a', to: 'b', isImport: false }],
    strange: ['a --> c', 'b["z"]'],
  })
})
