/**
 * Whether front matter is a command's and not an agent's: it has a hint for arguments or tools that are allowed, and
 * no name, for a command is called after its file.
 */
export function looksLikeCommand(text: string): boolean {
  const front = /^---[ \t]*\n([\s\S]*?)^---[ \t]*$/m.exec(text)?.[1]
  return front !== undefined && /^(argument-hint|allowed-tools):/m.test(front) && !/^name:/m.test(front)
}

/** Whether a file is Markdown below a folder of that name, directly or at any depth, and no read-me. */
export function isBelow(folder: string, path: string, deep: boolean): boolean {
  const between = deep ? '(?:[^./][^/]*/)*' : ''
  return (
    new RegExp(`(?:^|/)${folder}/${between}[^./][^/]*\\.md$`).test(path) && !/(?:^|\/)readme\.md$/i.test(path)
  )
}
