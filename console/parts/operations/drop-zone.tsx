import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { chosenFiles, droppedFiles, type LocalFile } from '../../data/dropped-files.ts'

/** Takes folders that are dropped anywhere on the page, or chosen in the browser's dialog. */
export function DropZone({ take }: { take: (files: readonly LocalFile[]) => void }) {
  const field = useRef<HTMLInputElement>(null)
  const isOver = useDrop(take)
  // Every browser knows this attribute, and no standard names it. It is there as soon as the field is, not after the next paint.
  useLayoutEffect(() => field.current?.setAttribute('webkitdirectory', ''), [])
  return (
    <div class={`drop-zone ${isOver ? 'is-over' : ''}`}>
      <p>Drop a folder here: a definition, or a folder of several.</p>
      <button type="button" onClick={() => field.current?.click()}>
        Choose a folder
      </button>
      <input
        ref={field}
        class="visually-hidden"
        type="file"
        aria-label="Folder to check"
        tabIndex={-1}
        multiple
        onChange={({ currentTarget }) => {
          take(chosenFiles(currentTarget.files ?? new DataTransfer().files))
          // The same folder may be chosen again after an edit.
          currentTarget.value = ''
        }}
      />
    </div>
  )
}

/** Whether something is dragged over the page. Without this, a browser would open what is dropped beside the field. */
function useDrop(take: (files: readonly LocalFile[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  const current = useRef(take)
  current.current = take
  useLayoutEffect(() => {
    const over = (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    }
    const leave = ({ relatedTarget }: DragEvent) => relatedTarget === null && setOver(false)
    const drop = async (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      if (event.dataTransfer) current.current(await droppedFiles(event.dataTransfer.items))
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [])
  return isOver
}
