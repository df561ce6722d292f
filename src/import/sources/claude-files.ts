import { isPage, otherFormat } from './other-formats.ts'

/** The text between the marks at a file's start; undefined where there are none. */
export function findFront(text: string): string | undefined {
  return /^---[ \t]*\n([\s\S]*?)^---[ \t]*$/m.exec(text)?.[1]
}

/** Whether the text of front matter has a field. */
export function hasField(front: string, name: string): boolean {
  return new RegExp(`^["']?${name}["']?[ \\t]*:`, 'm').test(front)
}

/**
 * Whether front matter is a command's and not an agent's: it has a hint for arguments or tools that are allowed, and
 * no name, for a command is called after its file.
 */
export function looksLikeCommand(text: string): boolean {
  const front = text.startsWith('---') ? findFront(text) : undefined
  return (
    front !== undefined &&
    (hasField(front, 'argument-hint') || hasField(front, 'allowed-tools')) &&
    !hasField(front, 'name')
  )
}

/** Whether front matter belongs to an agent: it has a name and describes when to use the agent. */
export function looksLikeAgent(text: string): boolean {
  const front = text.startsWith('---') ? findFront(text) : undefined
  return front !== undefined && hasField(front, 'name') && hasField(front, 'description')
}

/** Whether a file is Markdown below a folder of that name, at any depth. Read-mes and other formats are not. */
export function isBelow(folder: string, path: string): boolean {
  return (
    new RegExp(`(?:^|/)${folder}/(?:[^./][^/]*/)*[^./][^/]*\\.md$`).test(path) &&
    !/(?:^|\/)readme\.md$/i.test(path) &&
    otherFormat(path) === undefined
  )
}

/** Why a file in a folder `agents` is not an agent: the original tool would not load it either. */
export function strayInAgents(path: string, text: string): string | undefined {
  const front = text.startsWith('---') ? findFront(text) : undefined
  const isOwn = /(?:^|\/)agents\/[^/]+$/.test(path)
  if (front === undefined && !text.startsWith('---') && (isPage(path) || !isOwn))
    return 'it has no front matter'
  if (front !== undefined && !hasField(front, 'name') && !hasField(front, 'description'))
    return 'its front matter has neither name nor description'
  return undefined
}

/** Why a file in a folder `commands` is not a command: it is a page about the folder. */
export function strayInCommands(path: string, text: string): string | undefined {
  return isPage(path) && !text.startsWith('---') ? 'it has no front matter' : undefined
}
