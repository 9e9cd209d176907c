"""What papers print, as data: a folder a paper, with one CSV file a table and a loader for each.

Only their numbers stand here. The settings that this project trains with are studies (config/, itt/studies).
"""
