/** The sandbox's people that the tests sign up as (contract `sandbox.md`). */
export const SHEILA = '+12001004011';
export const ROZELLA = '+447968900002';
export const KURT = '+12001004012';
export const JANEK = '+12001004013';
export const LORANT = '+12001004014';
export const LANEY = '+12001004015';
export const INGE = '+12001004016';
export const JESSE = '+12001004017';
export const BARBARAANNE = '+12001004018';
export const MERLA = '+12001004031';
export const PENNY = '+12001004041';

/** A valid number that nobody in the sandbox has. */
export const NOBODY = '+12025550143';

export const personas = {
  [SHEILA]: { firstName: 'Sheilakathryn', lastName: 'Butrimovich' },
  [ROZELLA]: { firstName: 'Rozella', lastName: 'Kimpton' },
  [KURT]: { firstName: 'Kurt', lastName: 'Mathen' },
  [JANEK]: { firstName: 'Janek', lastName: 'Ambrogio' },
  [LORANT]: { firstName: 'Lorant', lastName: 'Nerger' },
  [LANEY]: { firstName: 'Laney', lastName: 'Dyball' },
  [INGE]: { firstName: 'Inge', lastName: 'Galier' },
  [JESSE]: { firstName: 'Jesse', lastName: 'Mashro' },
  [BARBARAANNE]: { firstName: 'Barbaraanne', lastName: 'Canet' },
  [MERLA]: { firstName: 'Merla', lastName: 'Schumacher' },
  [PENNY]: { firstName: 'Penny', lastName: 'Jowers' },
};
