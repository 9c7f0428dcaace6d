/** What stands for "no configuration yet" in `configuration_hash` and `config_hash` (kong/constants.lua, 2.8.5 to 3.9.3). */
export function isEmptyHash(hash: string): boolean {
  return /^0+$/u.test(hash);
}
