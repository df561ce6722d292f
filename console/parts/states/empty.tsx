import type { ComponentChildren } from 'preact'
import { Command } from '../words/copy.tsx'

/** In place of a list without entries: what would be here, and the command that puts it here. */
export function Empty({ children, command }: { children: ComponentChildren; command?: string }) {
  return (
    <div class="empty">
      <p>{children}</p>
      {command && <Command text={command} />}
    </div>
  )
}
