/** A program's name without its folder and without the suffixes of Windows. */
export function parseProgram(command: string): string {
  return (command.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd|bat|ps1)$/, '')
}
