/** One line of plain `ip` output as the words it is made of: flags stand alone, the rest are pairs. */
export interface Words {
  readonly all: readonly string[]
  /** The word after `key`; null when it is not there. */
  after(key: string): string | null
  has(word: string): boolean
}

export function words(line: string): Words {
  const all = line.trim().split(/\s+/)
  return {
    all,
    after: (key) => {
      const at = all.indexOf(key)
      return at < 0 ? null : (all[at + 1] ?? null)
    },
    has: (word) => all.includes(word),
  }
}

/** The lines that say something. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}
