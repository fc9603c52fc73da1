/** The terms that the originals' test scripts search for. Does not know what for. */
// prettier-ignore
export const termsList = [
  'John', 'Mary', 'William', 'Anna', 'James', 'Emma', 'George', 'Elizabeth', 'Charles', 'Margaret',
  'Frank', 'Minnie', 'Joseph', 'Ida', 'Henry', 'Bertha', 'Robert', 'Clara', 'Thomas', 'Alice',
  'Edward', 'Annie', 'Harry', 'Florence', 'Walter', 'Bessie', 'Arthur', 'Grace', 'Fred', 'Ethel',
  'Albert', 'Sarah', 'Samuel', 'Ella', 'Clarence', 'Martha', 'Louis', 'Nellie', 'David', 'Mabel',
  'Joe', 'Laura', 'Charlie', 'Carrie', 'Richard', 'Cora', 'Ernest', 'Helen', 'Roy', 'Maude',
  'Will', 'Lillian', 'Andrew', 'Gertrude', 'Jesse', 'Rose', 'Oscar', 'Edna', 'Willie', 'Pearl',
  'Daniel', 'Edith', 'Benjamin', 'Jennie', 'Carl', 'Hattie', 'Sam', 'Mattie', 'Alfred', 'Eva',
  'Earl', 'Julia', 'Peter', 'Myrtle', 'Elmer', 'Louise', 'Frederick', 'Lillie', 'Howard', 'Jessie',
  'Lewis', 'Frances', 'Ralph', 'Catherine', 'Herbert', 'Lula', 'Paul', 'Lena', 'Lee', 'Marie',
  'Tom', 'Ada', 'Herman', 'Josephine', 'Martin', 'Fanny', 'Jacob', 'Lucy', 'Michael', 'Dora',
]

/** The response of a search, as far as the scripts read it. */
export interface SearchResponse {
  responseData?: { results?: { title: string }[] }
}
