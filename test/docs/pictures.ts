import { type Page, parsePage } from './pages.ts'

/** A box of a picture: a path, and a description below it. */
export interface Box {
  name: string
  path: string
}

/** A flowchart: boxes and arrows between their names. `isImport` arrows are drawn as `-->`, others as `-.->`. */
export interface Picture {
  boxes: Box[]
  arrows: { from: string; to: string; isImport: boolean }[]
  /** Lines that are neither a box nor an arrow between two boxes. */
  strange: string[]
}

const BOX = /^([a-z]+)\["([^"<]+)<br\/>[^"<]+"\]$/
const ARROW = /^([a-z]+) (-->|-\.->) ([a-z]+)$/

/** The Mermaid flowcharts of a page. */
export const picturesOf = ({ fences }: Page): Picture[] =>
  fences.filter(({ language }) => language === 'mermaid').map(({ text }) => readPicture(text))

function readPicture(text: string): Picture {
  const [head = '', ...lines] = text
    .trim()
    .split('\n')
    .map((line) => line.trim())
  const picture: Picture = { boxes: [], arrows: [], strange: head === 'flowchart TD' ? [] : [head] }
  const isBox = (name: string) => picture.boxes.some((box) => box.name === name)
  for (const line of lines) {
    const [, name, path] = BOX.exec(line) ?? []
    const [, from = '', kind, to = ''] = ARROW.exec(line) ?? []
    if (name && path && !isBox(name)) picture.boxes.push({ name, path })
    else if (isBox(from) && isBox(to)) picture.arrows.push({ from, to, isImport: kind === '-->' })
    else picture.strange.push(line)
  }
  return picture
}

/** The flowchart in a text, for tests of this parser. */
export const pictureOf = (text: string): Picture | undefined =>
  picturesOf(parsePage('docs/x.md', `\`\`\`mermaid\n${text}\n\`\`\`\n`))[0]
