// `/home/node` and `/home/app` are the home folders of programs in images, but on another machine they are missing as well.
const HOME =
  /(?:^|[\s=:,;"'])((?:\/Users\/|\/home\/|\/root\/|[A-Za-z]:[\\/]Users[\\/]|~[\w.-]*\/)[^\s"',;]*)/i

/** The first path in the home folder of a person that a word of a command has. */
export function findHomePath(word: string): string | undefined {
  return HOME.exec(word)?.[1]
}
