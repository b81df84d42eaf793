import ipaddr from 'ipaddr.js'

/** Whether an address is in the subnet of another one. */
export function covers(ip: string, prefix: number, other: string): boolean {
  if (!ipaddr.isValid(ip) || !ipaddr.isValid(other)) return false
  const [held, asked] = [ipaddr.parse(ip), ipaddr.parse(other)]
  return held.kind() === asked.kind() && asked.match(held as never, prefix as never)
}
